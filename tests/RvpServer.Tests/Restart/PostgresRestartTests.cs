using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Storage;

namespace RvpServer.Tests.Restart;

/// <summary>The database goes away and comes back under a server whose clients are signed in and poll.</summary>
public sealed class PostgresRestartTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder folder = new();
    private PostgresServer postgres = null!;
    private TestServer server = null!;

    public async Task InitializeAsync()
    {
        postgres = await PostgresServer.StartAsync();
        var secret = folder.Write("postgres.secret", postgres.ConnectionTo(PostgresServer.User));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        server = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["Storage:Provider"] = nameof(StorageProvider.Postgres),
                ["Storage:ConnectionStringFile"] = secret,
                ["Messages:Offline"] = "true",
            },
            store: TestStore.Sqlite);
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await postgres.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_is_signed_off_and_what_was_answered_is_there(bool isKilled)
    {
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.SignsIn();
        await kari.SignsInToPoll();
        Assert.Equal(200, (await jo.Says(kari, "before")).Status);

        if (isKilled) await postgres.KillAsync();
        else await postgres.StopAsync();
        // Whether this one is stored nobody knows before the database is back.
        var inDoubt = jo.Says(kari, "in doubt");
        await Deadline.Until(IsKnownToBeAway, "an attempt", () => "none");
        await using var joElsewhere = server.Person("JoBrown");
        var refused = await joElsewhere.SignsInToPoll();
        await postgres.BeginAsync();

        Assert.Equal(503, refused.Status);
        Assert.NotNull(refused["Retry-After"]);
        Assert.Equal(200, (await inDoubt).Status);
        Assert.Equal(200, (await jo.Says(kari, "after")).Status);
        var polled = await kari.Polls();
        Assert.Equal(200, polled.Status);
        var texts = (string[])["before", "in doubt", "after"];
        Assert.Equal(texts, texts.OrderBy(text => polled.Body.IndexOf(text, StringComparison.Ordinal)));
        Assert.All(texts, text => Assert.Equal(2, polled.Body.Split("\n" + text + "]]>").Length));
        Assert.Equal(200, (await jo.ListsSignIns()).Status);
    }

    [Fact]
    public async Task Whoever_starts_later_has_the_store_and_what_was_stored()
    {
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.SignsInToPoll();
        await jo.SignsIn();
        Assert.Equal(200, (await jo.Says(kari, "kept")).Status);

        await using var standby = await server.AfterPowerCutAsync();

        Assert.Equal(503, (await jo.Says(kari, "lost")).Status);
        (jo.Server, kari.Server) = (standby, standby);
        Assert.Contains("kept", (await kari.Polls()).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await jo.Says(kari, "new")).Status);
    }

    // What nobody waits for is not taken then.
    private bool IsKnownToBeAway() => !server.Services.GetRequiredService<IStore>().TryEnqueue(
        RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"), [new Change.WatchersTold(DateTimeOffset.UnixEpoch)]);
}
