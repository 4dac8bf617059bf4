using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>SUBSCRIBE with a Subscription-Id.</summary>
public sealed class RenewTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task A_sign_in_that_is_renewed_lives_on()
    {
        await Jo.SignsIn();
        await Passes(TimeSpan.FromHours(3));

        var answer = await Jo.Renews(Jo.SignIn);

        AssertAnswer(Empty("200 Successful", $"Subscription-Id: {Jo.SignIn}\r\nSubscription-Lifetime: 14400\r\n"), answer);
        await Passes(TimeSpan.FromHours(3));
        Assert.Contains("<d:timeout>3600</d:timeout>", (await Jo.ListsSignIns()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watch_is_renewed_at_the_node_it_watches()
    {
        var watch = int.Parse((await Jo.Watches(Kari))["Subscription-Id"]!, CultureInfo.InvariantCulture);

        Assert.Equal(200, (await Jo.Renews(watch, Kari)).Status);
        AssertAnswer(Refused("412 Precondition Failed", "There is no such subscription."), await Jo.Renews(watch, Jo));
    }

    [Fact]
    public async Task Unknown_expired_and_anothers_ids_are_alike()
    {
        await Kari.SignsIn();
        await Jo.SignsIn();
        var expected = Refused("412 Precondition Failed", "There is no such subscription.");

        AssertAnswer(expected, await Jo.Renews(2_000_000_000));
        AssertAnswer(expected, await Jo.Renews(Kari.SignIn, Kari));
        await Passes(TimeSpan.FromHours(4));
        await LeasesRunOut(Jo);
        AssertAnswer(expected, await Jo.Renews(Jo.SignIn));
    }
}
