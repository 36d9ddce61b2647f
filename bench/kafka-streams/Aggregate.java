import java.nio.ByteBuffer;

/** What is known of a window. First and last go by event time, of equals by place in the log. */
class Aggregate {
  static final int SIZE = 10 * 8;

  long count;
  double first, last, min, max, sum;
  long firstTime, firstOffset, lastTime, lastOffset;

  Aggregate() {}

  Aggregate(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    count = in.getLong();
    first = in.getDouble();
    last = in.getDouble();
    min = in.getDouble();
    max = in.getDouble();
    sum = in.getDouble();
    firstTime = in.getLong();
    firstOffset = in.getLong();
    lastTime = in.getLong();
    lastOffset = in.getLong();
  }

  byte[] bytes() {
    return ByteBuffer.allocate(SIZE)
        .putLong(count).putDouble(first).putDouble(last).putDouble(min).putDouble(max).putDouble(sum)
        .putLong(firstTime).putLong(firstOffset).putLong(lastTime).putLong(lastOffset).array();
  }

  Aggregate add(byte[] quote) {
    var in = ByteBuffer.wrap(quote);
    long time = in.getLong();
    long offset = in.getLong();
    double price = in.getDouble();
    if (Double.isNaN(price)) {
      return this;
    }
    if (count == 0 || time < firstTime || time == firstTime && offset < firstOffset) {
      first = price;
      firstTime = time;
      firstOffset = offset;
    }
    if (count == 0 || time > lastTime || time == lastTime && offset > lastOffset) {
      last = price;
      lastTime = time;
      lastOffset = offset;
    }
    min = count == 0 ? price : Math.min(min, price);
    max = count == 0 ? price : Math.max(max, price);
    sum += price;
    count++;
    return this;
  }
}
