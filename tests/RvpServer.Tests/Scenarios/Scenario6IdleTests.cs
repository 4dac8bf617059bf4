using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 6: User's Presence Information Changes to Idle. [white paper]</summary>
public sealed class Scenario6IdleTests : HomeServerTest
{
    [Theory]
    [InlineData("away")]
    [InlineData("idle")]
    public async Task Nobody_touches_the_keyboard_and_then_someone_does(string idle)
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);

        // Step 1: the white paper's client says away, others say idle.
        await Kari.SetsState(idle);
        await Jo.Sees(Kari, idle);

        // Step 2.
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");
    }
}
