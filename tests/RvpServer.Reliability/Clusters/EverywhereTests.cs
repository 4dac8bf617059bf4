using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Rvp.Testing;

namespace RvpServer.Reliability.Clusters;

/// <summary>Administrators and guessers meet one home server, whichever process they ask.</summary>
[Collection(nameof(WholeMachine))]
public sealed class EverywhereTests : IAsyncLifetime
{
    private const int People = 6;

    private RealCluster cluster = null!;

    public async Task InitializeAsync() => cluster = await RealCluster.StartAsync(2, People);

    public Task DisposeAsync() => cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task Administrators_see_and_sign_out_people_wherever_their_nodes_are()
    {
        await using var people = new Group(Enumerable.Range(0, People).Select(i => MemberOf(i, cluster.Servers[0])));
        foreach (var person in people.All) Assert.Equal(200, (await person.SignsIn())?.Status);
        var granted = await cluster.Servers[0].CommandAsync("", "admin", "grant", AddressOf(0), "full");
        Assert.Equal((0, ""), (granted.Code, granted.Error));

        foreach (var server in cluster.Servers)
        {
            Assert.Equal(People, (int)(await AskAsync(server, HttpMethod.Get, "status"))!["signedIn"]!);
            for (var i = 0; i < People; i++) Assert.Equal((i, 1), (i, await SignInsOf(server, i)));
        }
        // All but the administrator's own, by the process that has at most some of them.
        for (var i = 1; i < People; i++) await AskAsync(cluster.Servers[1], HttpMethod.Delete, $"accounts/{AddressOf(i)}/signins");

        for (var i = 1; i < People; i++) Assert.Equal((i, 0), (i, await SignInsOf(cluster.Servers[0], i)));
        Assert.Equal(1, (int)(await AskAsync(cluster.Servers[1], HttpMethod.Get, "status"))!["signedIn"]!);
    }

    [Fact]
    public async Task Whoever_has_guessed_too_often_at_one_process_may_not_at_another()
    {
        await using var guesser = new Member("User1", () => cluster.Servers[0].Port, password: "Wrong-Word-1");
        await using var other = new Member("User1", () => cluster.Servers[1].Port, password: "Wrong-Word-2");

        await Deadline.Until(async () => (await guesser.SignsIn())?.Status == 429, "too many wrong ones", () => cluster.LogText, TimeSpan.FromSeconds(60));

        await Deadline.Until(async () => (await other.SignsIn())?.Status == 429, "too many here too, after at most a few", () => cluster.LogText);
    }

    private static Member MemberOf(int person, RealServer server) =>
        new(User.NameOf(person), () => server.Port, isPolled: true);

    private static string AddressOf(int person) => User.NameOf(person) + "@adatum.com";

    private static async Task<int> SignInsOf(RealServer server, int person) =>
        (await AskAsync(server, HttpMethod.Get, $"accounts/{AddressOf(person)}/live"))!["signIns"]!.AsArray().Count;

    private static async Task<JsonNode?> AskAsync(RealServer server, HttpMethod method, string path)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, $"http://127.0.0.1:{server.AdminPort}/api/v1/{path}");
        var proof = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AddressOf(0)}:{TestServer.Password}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", proof);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
        return answer.StatusCode == HttpStatusCode.NoContent ? null : JsonNode.Parse(text);
    }

    private sealed class Group(IEnumerable<Member> members) : IAsyncDisposable
    {
        public IReadOnlyList<Member> All { get; } = [.. members];

        public async ValueTask DisposeAsync()
        {
            foreach (var member in All) await member.DisposeAsync();
        }
    }
}
