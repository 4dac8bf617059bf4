namespace RvpServer.Interop.Pidgin;

/// <summary>The white paper's seven scenarios, by two people who have not met. [white paper, chapter 4]</summary>
internal static class SevenScenarios
{
    /// <summary>Plays all; each line fails where the one before it did not do what it says.</summary>
    public static async Task PlayAsync(PurpleClient jo, PurpleClient kari)
    {
        // 1 and 2: Jo logs on and adds Kari, who is not there.
        await jo.SignsIn();
        await jo.Adds(kari);
        await jo.SeesStatus(kari, "offline");

        // 3: Kari logs on.
        await kari.SignsIn();
        await jo.SeesStatus(kari, "online");
        await kari.Adds(jo);
        await kari.SeesStatus(jo, "online");

        // 4: They talk.
        await jo.Types(kari);
        await kari.SeesTyping(jo);
        await jo.Says(kari, "Let's have lunch");
        await kari.HearsMessage(jo, "Let's have lunch");
        await kari.Says(jo, "At noon");
        await jo.HearsMessage(kari, "At noon");

        // 5: Kari is on the phone.
        await kari.SetsStatus("on-phone");
        await jo.SeesStatus(kari, "on-phone");

        // 6: Jo leaves her desk, and comes back.
        await jo.SetsStatus("away");
        await kari.SeesStatus(jo, "away");
        await jo.SetsStatus("online");
        await kari.SeesStatus(jo, "online");

        // 7: Kari logs off.
        await kari.SignsOut();
        await jo.SeesStatus(kari, "offline");
        Assert.Equal(["offline", "online", "on-phone", "offline"], jo.StatusesOf(kari));
    }
}
