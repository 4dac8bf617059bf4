using System.Globalization;
using System.Net;
using Rvp.Testing;

namespace RvpServer.Reliability.Clusters;

/// <summary>A process gives its shards away before anybody stops it.</summary>
[Collection(nameof(WholeMachine))]
public sealed class DrainTests
{
    [Fact]
    public async Task A_drained_process_has_no_shards_and_serves_its_clients_by_way_of_the_others()
    {
        await using var cluster = await RealCluster.StartAsync(2, people: 4);
        var (stays, drained) = (cluster.Servers[0], cluster.Servers[1]);
        var people = Enumerable.Range(0, 4)
            .Select(i => new Member(User.NameOf(i), () => drained.Port, isPolled: i % 2 == 1)).ToList();
        foreach (var person in people) Assert.Equal(200, (await person.SignsIn())?.Status);
        Assert.Equal(207, (await people[1].Watches(people[0]))?.Status);
        Assert.Equal(HttpStatusCode.OK, await ReadinessOf(drained));

        var ran = await stays.CommandAsync("", "drain", NameOf(drained));

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.StartsWith($"{NameOf(drained)} has no shards any more", ran.Out, StringComparison.Ordinal);
        Assert.Equal(64, await cluster.ReadAsync("SELECT count(*) FROM shards GROUP BY owner"));
        await Deadline.Until(
            async () => await ReadinessOf(drained) == HttpStatusCode.ServiceUnavailable, "the drained process is not ready", () => drained.LogText);
        Assert.Equal(HttpStatusCode.OK, await ReadinessOf(stays));
        Assert.Equal(207, (await people[0].SetsState("busy"))?.Status);
        await Deadline.Until(async () =>
        {
            await people[1].Polls();
            return people[1].PictureOf(people[0]) == "busy";
        }, "news through a process without shards", () => cluster.LogText);

        var last = await stays.CommandAsync("", "drain", NameOf(stays));
        Assert.Equal((1, $"rvpserver: There is no other process that could take the shards of {NameOf(stays)}.\n"), (last.Code, last.Error));
        var nobody = await stays.CommandAsync("", "drain", "im9");
        Assert.Equal((1, "rvpserver: No process of the cluster is called im9: cluster status lists them.\n"), (nobody.Code, nobody.Error));

        Assert.Equal(0, (await stays.CommandAsync("", "drain", NameOf(drained), "--undo")).Code);
        await cluster.SettlesAsync();
        await Deadline.Until(async () => await ReadinessOf(drained) == HttpStatusCode.OK, "it is ready again", () => drained.LogText);
        foreach (var person in people) await person.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_asks_a_process_that_stops_is_answered_and_asked_to_go()
    {
        const int people = 8;
        await using var cluster = await RealCluster.StartAsync(2, people);
        var stopping = cluster.Servers[1];
        var asking = Enumerable.Range(0, people).Select(i => AsksUntilAskedToGoAsync(stopping.Port, new User(i))).ToList();
        await Task.WhenAll(asking.Select(one => Task.WhenAny(one.Begun, one.Gone)));

        var code = await stopping.TerminateAsync();

        await Task.WhenAll(asking.Select(one => one.Gone));
        Assert.Equal(0, code);
        await cluster.SettlesAsync();
    }

    // Throws where the connection ends without that.
    private static (Task Begun, Task Gone) AsksUntilAskedToGoAsync(int port, User user)
    {
        var begun = new TaskCompletionSource();
        return (begun.Task, Task.Run(async () =>
        {
            using var connection = await HttpConnection.OpenAsync(port, CancellationToken.None);
            await user.TakeChallengeAsync(connection, CancellationToken.None);
            do
            {
                var request = user.Request("PROPFIND", user.Path, "Depth: 0\r\n", $"<d:propfind {Person.Namespaces}><d:prop><r:state/></d:prop></d:propfind>");
                Assert.Equal(207, await connection.AskAsync(request, CancellationToken.None));
                begun.TrySetResult();
            }
            while (!connection.Head.Contains("Connection: close", StringComparison.OrdinalIgnoreCase));
        }));
    }

    private static string NameOf(RealServer server) => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {server.ProcessId}");

    private static async Task<HttpStatusCode> ReadinessOf(RealServer server)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{server.AdminPort}/readyz"));
        return answer.StatusCode;
    }
}
