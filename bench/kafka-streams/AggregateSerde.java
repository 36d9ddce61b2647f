import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Aggregates as 80 bytes. */
class AggregateSerde implements Serde<Aggregate> {
  @Override
  public Serializer<Aggregate> serializer() {
    return (topic, a) -> a == null ? null : a.bytes();
  }

  @Override
  public Deserializer<Aggregate> deserializer() {
    return (topic, bytes) -> bytes == null ? null : new Aggregate(bytes);
  }
}
