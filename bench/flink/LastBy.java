import org.apache.flink.table.functions.AggregateFunction;

/** The price with the latest event time, of equals by place in the log. SQL's own goes by arrival. */
public class LastBy extends AggregateFunction<Double, LastBy.Price> {
  /** A price and its time. */
  public static class Price {
    public boolean set;
    public double price;
    public long time;
    public long offset;
  }

  @Override
  public Price createAccumulator() {
    return new Price();
  }

  public void accumulate(Price p, Double price, Long time, Long offset) {
    take(p, price, time, offset);
  }

  public void merge(Price p, Iterable<Price> others) {
    for (var o : others) {
      if (o.set) {
        take(p, o.price, o.time, o.offset);
      }
    }
  }

  private static void take(Price p, double price, long time, long offset) {
    if (!p.set || time > p.time || time == p.time && offset > p.offset) {
      p.set = true;
      p.price = price;
      p.time = time;
      p.offset = offset;
    }
  }

  @Override
  public Double getValue(Price p) {
    return p.set ? p.price : null;
  }
}
