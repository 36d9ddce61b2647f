import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/** Tumbling and sliding windows of quotes by SQL: one job with one source and two sinks. */
public class Windows {
  private static String setting(String name) {
    return System.getenv("BENCH_" + name);
  }

  public static void main(String[] args) throws Exception {
    var tables = TableEnvironment.create(EnvironmentSettings.newInstance().inStreamingMode().withConfiguration(configuration()).build());
    tables.createTemporarySystemFunction("FIRST_BY", FirstBy.class);
    tables.createTemporarySystemFunction("LAST_BY", LastBy.class);
    tables.executeSql(sql("quotes.sql", Map.of()));
    tables.executeSql("CREATE VIEW open_quotes AS SELECT * FROM quotes WHERE kind = 'quote' AND state = 'open'");

    var job = tables.createStatementSet();
    add(tables, job, "tumbling", setting("TUMBLING"), "TUMBLE(TABLE open_quotes, DESCRIPTOR(`at`), INTERVAL '3' MINUTE)");
    add(tables, job, "sliding", setting("SLIDING"), "HOP(TABLE open_quotes, DESCRIPTOR(`at`), INTERVAL '1' MINUTE, INTERVAL '10' MINUTE)");
    job.execute().await();
  }

  private static void add(TableEnvironment tables, org.apache.flink.table.api.StatementSet job, String name, String topic, String window)
      throws IOException {
    tables.executeSql(sql("rows.sql", Map.of("name", name, "topic", topic)));
    job.addInsertSql(sql("windows.sql", Map.of("name", name, "window", window,
        "first", "FIRST_BY(price, event_time, log_offset)", "last", "LAST_BY(price, event_time, log_offset)")));
  }

  /** A file beside the program with its variables filled in: those given, else the job's settings. */
  private static String sql(String file, Map<String, String> values) throws IOException {
    var all = new HashMap<>(values);
    System.getenv().forEach((name, value) -> {
      if (name.startsWith("BENCH_")) {
        all.put(name.substring("BENCH_".length()), value);
      }
    });
    var text = Files.readString(Path.of(setting("SOURCES"), file));
    for (var v : all.entrySet()) {
      text = text.replace("${" + v.getKey() + "}", v.getValue());
    }
    return text;
  }

  private static Configuration configuration() {
    var latency = setting("MODE").equals("latency");
    var c = new Configuration();
    c.setString("parallelism.default", setting("CORES"));
    c.setString("pipeline.object-reuse", "true");
    c.setString("table.local-time-zone", "UTC");
    c.setString("state.backend.type", "hashmap");
    c.setString("execution.checkpointing.interval", latency ? "1 s" : "10 s");
    c.setString("execution.checkpointing.dir", Path.of(setting("DIR"), "checkpoints").toUri().toString());
    c.setString("restart-strategy.type", "none"); // a failure is to show
    c.setString("taskmanager.memory.managed.size", "512m"); // buffers of windows
    if (latency) {
      c.setString("pipeline.auto-watermark-interval", "5 ms"); // 200 by default
      c.setString("execution.buffer-timeout.interval", "1 ms"); // 100 by default
    }
    return c;
  }
}
