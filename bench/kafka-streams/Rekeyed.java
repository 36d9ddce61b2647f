import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives quotes the key of their series before Kafka Streams sees them. A change of key within the
 * topology would send every quote through a repartition topic, which nothing here needs: a fixture,
 * and so each of its series, is in one partition.
 *
 * <p>The value becomes event time, offset and price; the price of a tick is NaN.
 */
public class Rekeyed implements ConsumerInterceptor<byte[], byte[]> {
  private static final byte[] TICK = {0};

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
    Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> out = new HashMap<>();
    for (var partition : records.partitions()) {
      var quotes = new ArrayList<ConsumerRecord<byte[], byte[]>>();
      for (var r : records.records(partition)) {
        quotes.add(rekeyed(r));
      }
      out.put(partition, quotes);
    }
    return new ConsumerRecords<>(out, records.nextOffsets());
  }

  private static ConsumerRecord<byte[], byte[]> rekeyed(ConsumerRecord<byte[], byte[]> r) {
    var in = new AvroReader(r.value());
    in.header();
    var quote = in.textIs("quote"); // kind
    in.number(); // seq
    var from = in.position();
    in.skipText(); // fixture_id
    in.skipText(); // league
    in.skipText(); // market
    in.skipText(); // period
    in.skipOptional(); // line
    in.skipText(); // outcome
    in.skipText(); // book
    var key = quote ? in.slice(from) : TICK;
    var price = in.real();
    in.skipText(); // price_original
    in.skipText(); // price_format
    in.skipOptional(); // limit
    var open = in.textIs("open"); // state
    var value = ByteBuffer.allocate(24).putLong(in.number()).putLong(r.offset()).putDouble(quote && open ? price : Double.NaN).array();
    return new ConsumerRecord<>(r.topic(), r.partition(), r.offset(), r.timestamp(), r.timestampType(),
        key.length, value.length, key, value, r.headers(), r.leaderEpoch());
  }

  static long eventTime(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void close() {}

  @Override
  public void configure(Map<String, ?> configs) {}
}
