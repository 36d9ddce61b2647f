import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.EmitStrategy;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.WindowStore;

/** Tumbling and sliding windows of quotes, each written once, when it closes. */
public class Windows {
  private static final Duration DISORDER = Duration.ofSeconds(30);
  private static final Serde<byte[]> BYTES = Serdes.ByteArray();
  private static final int WINDOW_ID = Integer.parseInt(setting("WINDOW_ID"));

  static String setting(String name) {
    return System.getenv("BENCH_" + name);
  }

  public static void main(String[] args) throws InterruptedException {
    var builder = new StreamsBuilder();
    var quotes = builder.stream(setting("QUOTES"), Consumed.with(BYTES, BYTES).withTimestampExtractor(
        (record, partitionTime) -> Rekeyed.eventTime((byte[]) record.value()) / 1000));
    windows(quotes, TimeWindows.ofSizeAndGrace(Duration.ofMinutes(3), DISORDER), setting("TUMBLING"));
    windows(quotes, TimeWindows.ofSizeAndGrace(Duration.ofMinutes(10), DISORDER).advanceBy(Duration.ofMinutes(1)), setting("SLIDING"));

    var streams = new KafkaStreams(builder.build(), properties());
    var stopped = new CountDownLatch(1);
    streams.setUncaughtExceptionHandler(e -> {
      e.printStackTrace();
      Runtime.getRuntime().halt(1);
      return null;
    });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close(Duration.ofSeconds(10));
      stopped.countDown();
    }));
    streams.start();
    stopped.await();
  }

  private static void windows(KStream<byte[], byte[]> quotes, TimeWindows windows, String topic) {
    quotes
        .groupByKey(Grouped.with(BYTES, BYTES))
        .windowedBy(windows)
        .emitStrategy(EmitStrategy.onWindowClose())
        .aggregate(Aggregate::new, (key, quote, a) -> a.add(quote), Materialized.<byte[], Aggregate, WindowStore<Bytes, byte[]>>with(BYTES, new AggregateSerde()))
        .toStream()
        .filter((window, a) -> a.count > 0) // of ticks
        .map((window, a) -> new org.apache.kafka.streams.KeyValue<>(key(window), row(window, a)))
        .to(topic, Produced.with(BYTES, BYTES));
  }

  /** The series and the window's start: one row has one key. */
  private static byte[] key(Windowed<byte[]> window) {
    return ByteBuffer.allocate(window.key().length + 8).put(window.key()).putLong(window.window().start()).array();
  }

  /** The row in Avro behind the registry's header. The series' key is the first fields of the schema. */
  private static byte[] row(Windowed<byte[]> window, Aggregate a) {
    var out = new AvroWriter(window.key().length + 96);
    out.header(WINDOW_ID);
    out.raw(window.key());
    out.number(window.window().start() * 1000);
    out.number(window.window().end() * 1000);
    out.number(a.count);
    out.optional(a.first);
    out.optional(a.last);
    out.optional(a.min);
    out.optional(a.max);
    out.optional(a.sum / a.count);
    return out.bytes();
  }

  private static Properties properties() {
    var p = new Properties();
    p.put(StreamsConfig.APPLICATION_ID_CONFIG, setting("TUMBLING"));
    p.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, setting("BROKERS"));
    p.put(StreamsConfig.STATE_DIR_CONFIG, setting("DIR") + "/state");
    p.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, setting("CORES"));
    p.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, setting("GUARANTEE").equals("exactly-once") ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
    p.put(StreamsConfig.mainConsumerPrefix(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG), Rekeyed.class.getName());
    p.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    p.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 256 << 10);
    // Closed windows are looked for with every record. The default, once a second of the clock, would
    // leave the last ones waiting for a record that never comes.
    p.put(StreamsConfig.InternalConfig.EMIT_INTERVAL_MS_KSTREAMS_WINDOWED_AGGREGATION, 0);
    if ("in_memory".equals(setting("STORE"))) {
      p.put(StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG, org.apache.kafka.streams.state.BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
    }
    if (setting("MODE").equals("latency")) {
      p.put(StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG), 0);
    }
    return p;
  }
}
