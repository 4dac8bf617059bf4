using System.Runtime.CompilerServices;
using Rvp.Engine;

namespace Rvp.Tests.Engine;

/// <summary>What a home server has many thousand times stays small.</summary>
public class SizeTests
{
    [Fact]
    public void A_subscription_has_thirty_two_bytes() => Assert.Equal(32, Unsafe.SizeOf<Subscription>());

    [Fact]
    public void A_time_that_may_be_missing_has_eight() => Assert.Equal(8, Unsafe.SizeOf<OptionalTime>());

    [Fact]
    public void A_time_that_may_be_missing_comes_back_as_it_was()
    {
        var noon = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.FromHours(1));

        Assert.Equal(noon, ((OptionalTime)noon).ToDateTimeOffset());
        Assert.Null(((OptionalTime)null).ToDateTimeOffset());
    }
}
