import static org.apache.spark.sql.avro.functions.from_avro;
import static org.apache.spark.sql.avro.functions.to_avro;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.window;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Tumbling and sliding windows of quotes by Structured Streaming: a query for each, as it has one window a query. */
public class Windows {
  private static String setting(String name) {
    return System.getenv("BENCH_" + name);
  }

  public static void main(String[] args) throws Exception {
    var cores = setting("CORES");
    var spark = SparkSession.builder().appName("windows").master("local[" + cores + "]")
        .config("spark.ui.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
        .config("spark.local.dir", setting("DIR"))
        .config("spark.sql.session.timeZone", "UTC")
        // The default of 200 stores of state costs more than the work.
        .config("spark.sql.shuffle.partitions", cores)
        .config("spark.sql.streaming.stateStore.providerClass", provider())
        .config("spark.sql.streaming.metricsEnabled", false)
        .getOrCreate();
    start(spark, "tumbling", window(col("at"), "3 minutes"), setting("TUMBLING"));
    start(spark, "sliding", window(col("at"), "10 minutes", "1 minute"), setting("SLIDING"));
    spark.streams().awaitAnyTermination();
  }

  private static String provider() {
    var state = "org.apache.spark.sql.execution.streaming.state.";
    return "rocksdb".equals(setting("STORE")) ? state + "RocksDBStateStoreProvider" : state + "HDFSBackedStateStoreProvider";
  }

  private static void start(SparkSession spark, String name, Column window, String topic) throws Exception {
    rows(quotes(spark), window)
        .writeStream().format("kafka").queryName(name).outputMode("append")
        .option("kafka.bootstrap.servers", setting("BROKERS")).option("topic", topic)
        .option("checkpointLocation", setting("DIR") + "/checkpoints/" + name)
        .start();
  }

  private static Dataset<Row> quotes(SparkSession spark) throws Exception {
    var schema = Files.readString(Path.of(setting("QUOTE_SCHEMA")));
    // from_avro knows no registry: what has our header is read with our schema.
    var body = expr("if(startswith(value, " + header("QUOTE_ID") + "), substring(value, 6), X'')");
    return spark.readStream().format("kafka")
        .option("kafka.bootstrap.servers", setting("BROKERS")).option("subscribe", setting("QUOTES"))
        .option("startingOffsets", "earliest").option("maxOffsetsPerTrigger", 500000)
        .load()
        .select(from_avro(body, schema).as("q"), col("offset")).select("q.*", "offset")
        // A tick moves the watermark and is no quote. A filter would be pushed below the watermark,
        // and the ticks with it: so a tick counts nothing, and windows without a count are left out.
        .withColumn("price", expr("if(kind = 'quote' and state = 'open', price, null)"))
        .withColumnRenamed("event_time", "at")
        .withWatermark("at", "30 seconds");
  }

  private static Dataset<Row> rows(Dataset<Row> quotes, Column window) throws Exception {
    // First and last go by event time, of equals by place in the log. One number holds both, because a
    // struct as the order would make the aggregation sort.
    var order = "(unix_micros(at) - 1700000000000000L) * 65536L + offset % 65536L";
    var schema = Files.readString(Path.of(setting("WINDOW_SCHEMA")));
    return quotes
        .groupBy(window.as("window"), col("fixture_id"), col("league"), col("market"), col("period"), col("line"), col("outcome"), col("book"))
        .agg(
            expr("count(price) AS count"),
            expr("min_by(price, " + order + ") FILTER (WHERE price IS NOT NULL) AS first"),
            expr("max_by(price, " + order + ") FILTER (WHERE price IS NOT NULL) AS last"),
            expr("min(price) AS min"), expr("max(price) AS max"), expr("avg(price) AS mean"))
        .where("count > 0")
        .select(col("fixture_id"), col("league"), col("market"), col("period"), col("line"), col("outcome"), col("book"),
            expr("unix_micros(window.start) AS window_start"), expr("unix_micros(window.end) AS window_end"),
            col("count"), col("first"), col("last"), col("min"), col("max"), col("mean"))
        .select(
            expr("fixture_id AS key"),
            concat(expr(header("WINDOW_ID")), to_avro(struct(col("fixture_id"), col("league"), col("market"), col("period"), col("line"), col("outcome"), col("book"),
                col("window_start"), col("window_end"), col("count"), col("first"), col("last"), col("min"), col("max"), col("mean")), schema)).as("value"));
  }

  /** The magic byte and the schema's id, as SQL. */
  private static String header(String id) {
    return String.format("X'00%08X'", Integer.parseInt(setting(id)));
  }
}
