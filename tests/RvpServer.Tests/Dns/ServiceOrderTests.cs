using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Rvp.Testing;
using RvpServer.Dns;

namespace RvpServer.Tests.Dns;

public class ServiceOrderTests
{
    [Fact]
    public void A_lower_priority_number_comes_first_whatever_the_weights()
    {
        var services = new[] { "20 900 80 c.adatum.com", "10 0 80 a.adatum.com", "15 1 80 b.adatum.com" }.Select(FakeDns.Service);

        var order = ServiceOrder.Draw(services, new Random(1));

        Assert.Equal(["a.adatum.com", "b.adatum.com", "c.adatum.com"], order.Select(service => service.Target));
    }

    [Theory]
    [InlineData(0, "zero")]
    [InlineData(1, "one")]
    [InlineData(2, "three")]
    [InlineData(4, "three")]
    public void The_lot_falls_on_the_first_whose_running_sum_reaches_it(int lot, string first)
    {
        var services = new[] { "0 1 80 one", "0 3 80 three", "0 0 80 zero" }.Select(FakeDns.Service);

        var order = ServiceOrder.Draw(services, new Lots(lot, 0, 0));

        Assert.Equal(first, order[0].Target);
    }

    [Fact]
    public void Weights_are_proportions_of_who_is_first()
    {
        var services = new[] { "0 75 80 large", "0 25 80 small" }.Select(FakeDns.Service).ToArray();
        var random = new Random(1);

        var large = Enumerable.Range(0, 10_000).Count(_ => ServiceOrder.Draw(services, random)[0].Target == "large");

        // By RFC 2782: 76 of the 101 numbers from 0 to 100.
        Assert.InRange(large, 7300, 7750);
    }

    [Property]
    public Property Everybody_is_drawn_exactly_once_and_priorities_never_fall((byte Priority, ushort Weight)[] values, int seed)
    {
        var services = values.Select((value, i) => new DnsRecord.Service(value.Priority, value.Weight, i + 1, "im.adatum.com")).ToArray();

        var order = ServiceOrder.Draw(services, new Random(seed));

        return (order.Select(service => service.Port).Order().SequenceEqual(services.Select(service => service.Port))
            && order.Zip(order.Skip(1)).All(pair => pair.First.Priority <= pair.Second.Priority)).ToProperty();
    }

    private sealed class Lots(params int[] lots) : Random
    {
        private int drawn;

        public override int Next(int maxValue) => lots[drawn++];
    }
}
