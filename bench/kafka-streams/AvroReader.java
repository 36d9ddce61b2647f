import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the few types that quotes are made of, in the Confluent wire format. */
class AvroReader {
  private static final int QUOTE_ID = Integer.parseInt(Windows.setting("QUOTE_ID"));
  private final byte[] in;
  private int at;

  AvroReader(byte[] in) {
    this.in = in;
  }

  int position() {
    return at;
  }

  byte[] slice(int from) {
    return Arrays.copyOfRange(in, from, at);
  }

  void header() {
    if (in[0] != 0 || ByteBuffer.wrap(in, 1, 4).getInt() != QUOTE_ID) {
      throw new IllegalArgumentException("not a quote of schema " + QUOTE_ID);
    }
    at = 5;
  }

  long number() {
    long n = 0;
    int shift = 0;
    byte b;
    do {
      b = in[at++];
      n |= (b & 0x7fL) << shift;
      shift += 7;
    } while (b < 0);
    return n >>> 1 ^ -(n & 1);
  }

  double real() {
    at += 8;
    return Double.longBitsToDouble(Long.reverseBytes(ByteBuffer.wrap(in, at - 8, 8).getLong()));
  }

  void skipText() {
    int length = (int) number();
    at += length;
  }

  boolean textIs(String want) {
    int length = (int) number();
    at += length;
    return new String(in, at - length, length, StandardCharsets.ISO_8859_1).equals(want);
  }

  /** A number or null. */
  void skipOptional() {
    if (number() == 1) {
      at += 8;
    }
  }
}
