using Microsoft.Extensions.Time.Testing;
using Rvp.Ldap;
using Rvp.Testing;

namespace RvpServer.Tests.Directories.Ldap;

public class LdapClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider time = new();
    private readonly LogCollector log = new();

    [Fact]
    public async Task Answers_find_their_requests_in_any_order()
    {
        await using var server = new FakeLdapServer();
        await using var client = Client(server);
        LdapCall? held = null;
        server.OnCall = call =>
        {
            if (call.Operation != FakeLdapServer.Search) return false;
            if (call.Mentions("first"))
            {
                held = call;
                return true;
            }
            return call.Entry("cn=second") && call.Answer(0) && held!.Entry("cn=first") && held.Answer(0);
        };

        var first = SearchAsync(client, "first");
        await server.NextAsync(FakeLdapServer.Search);
        var second = SearchAsync(client, "second");

        Assert.Equal(["cn=first"], await first);
        Assert.Equal(["cn=second"], await second);
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task A_cancelled_search_is_abandoned_and_its_late_answer_finds_nobody()
    {
        await using var server = new FakeLdapServer();
        await using var client = Client(server);
        LdapCall? held = null;
        server.OnCall = call => call.Mentions("late") && (held = call) is not null;
        using var stop = new CancellationTokenSource();
        var late = SearchAsync(client, "late", stop.Token);
        var asked = await server.NextAsync(FakeLdapServer.Search);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late);
        var abandon = await server.NextAsync(FakeLdapServer.Abandon);
        held!.Answer(0);

        Assert.Equal([0x50, 0x01, (byte)asked.Id], abandon.Content);
        Assert.Empty(await SearchAsync(client, "next"));
        Assert.Equal(1, server.Connections);
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 0x0C, 2, 1, 0, 0x78, 7, 0x0A, 1, 52, 4, 0, 4, 0 })]
    [InlineData(new byte[] { 0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x30, 0x03, 1, 2, 3 })]
    [InlineData(new byte[] { 0x48, 0x54, 0x54, 0x50 })]
    [InlineData(new byte[] { })]
    public async Task After_nonsense_or_a_farewell_the_request_is_done_again_on_a_new_connection(byte[] nonsense)
    {
        var isFirst = true;
        await using var server = new FakeLdapServer();
        server.OnCall = call =>
        {
            if (call.Operation != FakeLdapServer.Search || !isFirst) return false;
            isFirst = false;
            call.Raw(nonsense);
            return nonsense.Length > 0 || call.Close();
        };
        await using var client = Client(server);

        var found = await SearchAsync(client, "a");

        Assert.Empty(found);
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task More_entries_than_asked_for_end_the_connection()
    {
        await using var server = new FakeLdapServer();
        server.OnCall = call => call.Operation == FakeLdapServer.Search && call.Entry("cn=1") && call.Entry("cn=2") && call.Entry("cn=3") && call.Answer(0);
        await using var client = Client(server);

        var failure = await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));

        Assert.Contains("more entries than it was asked for", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_server_is_left_for_the_next_and_rests()
    {
        var dead = new FakeLdapServer();
        await dead.DisposeAsync();
        await using var alive = new FakeLdapServer();
        await using var client = Client(dead, alive);

        Assert.Empty(await SearchAsync(client, "a"));

        Assert.Equal(1, alive.Connections);
        Assert.Single(log.Lines, line => line.StartsWith($"Directory server {dead.Address}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_rests_is_not_asked_until_the_rest_is_over()
    {
        var answers = false;
        await using var server = new FakeLdapServer();
        server.OnCall = call => !answers && call.Close();
        await using var client = Client(server);
        await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));
        var connections = server.Connections;
        answers = true;

        await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));
        Assert.Equal(connections, server.Connections);
        time.Advance(LdapClient.Rest);
        Assert.Empty(await SearchAsync(client, "a"));

        Assert.Equal(2, log.Lines.Count);
        Assert.Equal($"Directory server {server.Address} answers again", log.Lines[1]);
    }

    [Fact]
    public async Task A_silent_server_costs_the_time_out_and_then_the_next_one_answers()
    {
        await using var frozen = new FakeLdapServer { OnCall = call => call.Operation != FakeLdapServer.Bind };
        await using var alive = new FakeLdapServer();
        await using var client = Client(frozen, alive);

        var search = SearchAsync(client, "a");
        await frozen.NextAsync(FakeLdapServer.Search);
        time.Advance(Patience);
        await frozen.NextAsync(FakeLdapServer.Search);
        time.Advance(Patience / 5);

        Assert.Empty(await search);
        Assert.Empty(await SearchAsync(client, "b"));
        Assert.Equal(1, alive.Connections);
    }

    [Fact]
    public async Task A_slow_request_costs_nobody_the_connection()
    {
        await using var server = new FakeLdapServer { OnCall = call => call.Mentions("slow") };
        await using var client = Client(server);

        var slow = SearchAsync(client, "slow");
        await server.NextAsync(FakeLdapServer.Search);
        time.Advance(Patience);
        var failure = await Assert.ThrowsAsync<LdapUnavailableException>(() => slow);

        Assert.Contains("did not answer a request", failure.Message, StringComparison.Ordinal);
        Assert.Empty(await SearchAsync(client, "next"));
        Assert.Equal(1, server.Connections);
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task A_busy_server_is_left_for_another()
    {
        await using var busy = new FakeLdapServer();
        busy.OnCall = call => call.Operation == FakeLdapServer.Search && call.Answer(LdapResultCode.Busy);
        await using var alive = new FakeLdapServer();
        await using var client = Client(busy, alive);

        Assert.Empty(await SearchAsync(client, "a"));

        Assert.Equal(1, alive.Connections);
    }

    [Fact]
    public async Task A_refused_sign_in_is_not_repeated_soon()
    {
        await using var server = new FakeLdapServer();
        server.OnCall = call => call.Operation == FakeLdapServer.Bind && call.Answer(LdapResultCode.InvalidCredentials);
        await using var client = Client(server);

        var failure = await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));
        time.Advance(LdapClient.Rest);
        await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));

        Assert.Equal($"No directory server answers: {server.Address}: signing in as cn=im,dc=adatum,dc=com: InvalidCredentials (49)", failure.Message);
        Assert.Equal(1, server.Connections);
        Assert.Single(log.Lines);
    }

    [Fact]
    public async Task An_empty_password_is_never_sent()
    {
        await using var server = new FakeLdapServer();
        await using var client = new LdapClient(Settings(server) with { BindPassword = "" }, time, log.Of<LdapClient>());
        log.Clear();

        await Assert.ThrowsAsync<LdapUnavailableException>(() => SearchAsync(client, "a"));

        server.CloseAll();
        Assert.Equal("Directory server " + server.Address
            + " is unreachable: signing in: InappropriateAuthentication (48): an empty name or password proves nothing", Assert.Single(log.Lines));
    }

    private static LdapSettings Settings(params FakeLdapServer[] servers) => new()
    {
        Servers = [.. servers.Select(server => server.Address)],
        BindDn = "cn=im,dc=adatum,dc=com",
        BindPassword = "Service-Word-1",
        Timeout = Patience,
    };

    private static Task<IEnumerable<string>> SearchAsync(LdapClient client, string name, CancellationToken stop = default) => client.CallAsync(
        async (connection, limit) =>
        {
            var search = new LdapSearch("dc=adatum,dc=com", LdapScope.WholeSubtree, LdapFilter.Equal("cn", name), ["cn"], 2);
            return (await connection.SearchAsync(search, Patience, limit)).Entries.Select(entry => entry.Dn);
        },
        stop);

    private LdapClient Client(params FakeLdapServer[] servers)
    {
        var client = new LdapClient(Settings(servers), time, log.Of<LdapClient>());
        log.Clear(); // The warning that these connections are not encrypted.
        return client;
    }
}
