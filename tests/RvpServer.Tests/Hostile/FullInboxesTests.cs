using Rvp.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Hostile;

/// <summary>Somebody writes as much as the server takes to people who poll and do not fetch it.</summary>
public sealed class FullInboxesTests : HomeServerTest
{
    private const int MessageSize = 100_000;

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Polling:MaxTotalMebibytes"] = "1" };

    [Fact]
    public async Task All_inboxes_together_have_a_bound_of_which_one_sender_gets_half()
    {
        await Kari.SignsInToPoll();
        // Further places cost nothing: a message is kept once.
        foreach (var place in (Person[])[Comes("KariHensien"), Comes("KariHensien")]) await place.SignsInToPoll();

        Assert.Equal(5, await FillsAsync());
        Assert.Equal(200, (await Kari.Says(Kari, Text())).Status);
        AssertAnswer(NoRoom, await Jo.Says(Kari, Text()));
    }

    [Fact]
    public async Task Room_comes_back_with_what_is_fetched_and_is_known_after_a_power_cut()
    {
        await Kari.SignsInToPoll();
        await FillsAsync();

        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Kari.Server) = (after, after);
        Assert.Equal(412, (await Jo.Says(Kari, Text())).Status);
        var fetched = await Kari.Polls();
        await Kari.Polls(fetched["RVP-Poll-Cursor"]);

        Assert.Equal(200, (await Jo.Says(Kari, Text())).Status);
    }

    private async Task<int> FillsAsync()
    {
        var taken = 0;
        while ((await Jo.Says(Kari, Text())).Status == 200) Assert.True(++taken < 20);
        return taken;
    }

    private static string Text() => new('a', MessageSize);
}
