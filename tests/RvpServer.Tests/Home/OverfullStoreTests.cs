using Rvp.Testing;

namespace RvpServer.Tests.Home;

/// <summary>When so much waits for the store that it takes nothing more, renewals may be lost; what people have said may not.</summary>
public sealed class OverfullStoreTests
{
    [Fact]
    public async Task A_history_has_what_was_said_meanwhile()
    {
        var store = new TroubledStore();
        var settings = new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };
        await using var server = await TestServer.StartAsync(settings, replace: store.Replace);
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();
        store.IsOverfull = true;

        await jo.Says(kari, "Lunch?");

        foreach (var person in (Person[])[jo, kari])
        {
            await Deadline.Until(async () => (await Entries(person)).Contains("Lunch?", StringComparison.Ordinal), "the line", () => "no line");
        }
    }

    private static async Task<string> Entries(Person person) =>
        (await person.Asks("REPORT", person.Path, "", "<h:history-query xmlns:h='urn:rvpserver:history'/>")).Body;
}
