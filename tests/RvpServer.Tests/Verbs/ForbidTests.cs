namespace RvpServer.Tests.Verbs;

/// <summary>Presence:Blocking = Forbid: the blocked are told.</summary>
public sealed class ForbidTests : HomeServerTest
{
    private const string Line = "The access list of this node does not allow this.";

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Presence:Blocking"] = "Forbid" };

    [Fact]
    public async Task The_blocked_get_403_to_watch_and_message()
    {
        await Kari.SignsIn();
        await Kari.Blocks(Jo);

        AssertAnswer(Refused("403 Forbidden", Line), await Jo.Watches(Kari));
        AssertAnswer(Refused("403 Forbidden", Line), await Jo.Says(Kari, "Hello?"));
    }

    [Fact]
    public async Task Others_are_served()
    {
        await Kari.SignsIn();

        Assert.Equal(207, (await Jo.Watches(Kari)).Status);
        Assert.Equal(200, (await Jo.Says(Kari, "Hello")).Status);
    }
}
