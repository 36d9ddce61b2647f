import java.nio.ByteBuffer;
import java.util.Arrays;

/** Writes the few types that rows are made of, in the Confluent wire format. */
class AvroWriter {
  private final ByteBuffer out;

  /** The size is the most that will be written. */
  AvroWriter(int size) {
    out = ByteBuffer.allocate(size);
  }

  void header(int schema) {
    out.put((byte) 0).putInt(schema);
  }

  void raw(byte[] bytes) {
    out.put(bytes);
  }

  void number(long n) {
    n = n << 1 ^ n >> 63;
    for (; (n & ~0x7fL) != 0; n >>>= 7) {
      out.put((byte) (n & 0x7f | 0x80));
    }
    out.put((byte) n);
  }

  /** A number where null is possible. */
  void optional(double d) {
    number(1);
    out.putLong(Long.reverseBytes(Double.doubleToRawLongBits(d)));
  }

  byte[] bytes() {
    return Arrays.copyOf(out.array(), out.position());
  }
}
