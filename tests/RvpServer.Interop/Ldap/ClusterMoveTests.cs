namespace RvpServer.Interop.Ldap;

/// <summary>One process of the first home server has all the nodes, and the other is asked.</summary>
public sealed class ClusterMoveTests : ClusterMoveTest
{
    private protected override IReadOnlyList<int> Processes => [0, 0, 1];

    [Fact]
    public async Task Whichever_process_is_asked_she_goes_and_comes_with_all_that_is_hers()
    {
        var drained = await RunAsync(0, SlapdServer.Admin, "drain", Places[0]);
        Assert.Equal((0, ""), (drained.Code, drained.Error));

        await CommandAsync(0, "move", "JoBrown@adatum.com", Home(1));
        await IsWholeAsync();

        await CommandAsync(2, "move", "JoBrown@adatum.com", Home(0));
        await IsWholeAsync();

        Assert.Contains("to be fetched", (await Jo.Polls()).Body, StringComparison.Ordinal);
        Assert.Contains("NodeMoved", Servers[1].Log, StringComparison.Ordinal);
        Assert.Contains("NodeArrived", Servers[1].Log, StringComparison.Ordinal);
        Assert.DoesNotContain("NodeMoved", Servers[0].Log, StringComparison.Ordinal);
    }
}
