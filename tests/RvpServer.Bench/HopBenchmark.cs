using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Cluster;
using RvpServer.Storage;

namespace RvpServer.Bench;

/// <summary>
/// What it costs when a request lands at the process of a cluster that does not have the node, beside YARP forwarding the same request to the one that has.
/// What counts is the processor time of all that take part, less that of asking the right process. Processes of a cluster speak TLS, so YARP does once.
/// </summary>
internal static class HopBenchmark
{
    private const int People = 96;

    // Until what is compiled is what will be: for the process that is asked for others, half a minute.
    private const int WarmUps = 10;

    private static readonly string Document = $"<d:propfind {Person.Namespaces}><d:prop><r:state/></d:prop></d:propfind>";
    private static readonly int[] Crowds = [1, 16, 96];

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        using var certificate = new WebCertificate();
        await using var cluster = await RealCluster.StartAsync(2, People, environment: new Dictionary<string, string>
        {
            ["Kestrel__Certificates__Default__Path"] = certificate.Path,
            ["Kestrel__Certificates__Default__KeyPath"] = certificate.KeyPath,
        });
        var (first, second) = (cluster.Servers[0], cluster.Servers[1]);
        await using var yarp = await ChildServer.StartAsync(ChildServer.Yarp, [Table.Text(first.Port), "im.adatum.com"], stop);
        await using var secret = await ChildServer.StartAsync(
            ChildServer.Yarp, [Table.Text(first.SecurePort!.Value), "im.adatum.com", certificate.Hash], stop);
        string[] paths = [.. (await HereAsync(cluster, first)).Select(name => "/instmsg/aliases/" + name)];
        int[] ports = [first.Port, second.Port, yarp.Port, secret.Port];
        for (var i = 0; i < WarmUps; i++)
            foreach (var port in ports) await MeasureAsync(port, People, paths, Taken, stop);

        Console.WriteLine($"hop: PROPFIND, {rounds} rounds; processor time of all that take part, less that of asking directly");
        Console.WriteLine($"{"",-14}{"directly µs",12}{"hop µs",8}{"YARP µs",9}{"ratio",7}{"YARP, TLS µs",14}{"ratio",7}");
        foreach (var connections in Crowds)
        {
            var measured = new List<double[]>();
            for (var round = 0; round < rounds; round++)
            {
                var micros = new double[ports.Length];
                for (var i = 0; i < ports.Length; i++) micros[i] = await MeasureAsync(ports[i], connections, paths, Taken, stop);
                measured.Add([micros[0], .. micros[1..].Select(all => all - micros[0])]);
            }
            double Median(Func<double[], double> of) => Table.Median(measured.Select(of));
            var (plain, equal) = (Median(row => row[1] / row[2]), Median(row => row[1] / row[3]));
            Console.WriteLine($"{connections + " at a time",-14}{Median(row => row[0]),12:F1}{Median(row => row[1]),8:F1}"
                + $"{Median(row => row[2]),9:F1}{plain,7:F2}{Median(row => row[3]),14:F1}{equal,7:F2}");
            score.AtMost($"a hop to the process that has the node, to YARP's with TLS as well, {connections} at a time", 0.5, equal, "×");
        }

        Console.WriteLine($"of which writing and reading what crosses: {await WireMicrosAsync(stop):F1} µs");

        TimeSpan Taken() => first.ProcessorTime + second.ProcessorTime + yarp.ProcessorTime + secret.ProcessorTime;
    }

    // Those whose nodes a process has.
    private static async Task<List<string>> HereAsync(RealCluster cluster, RealServer server)
    {
        var here = new List<string>();
        foreach (var name in Enumerable.Range(0, People).Select(User.NameOf))
        {
            var shard = ShardMap.Of(RvpUrl.ForAlias("im.adatum.com", 80, name), 64);
            var sql = $"SELECT count(*) FROM shards s JOIN processes p ON p.id = s.owner WHERE s.id = {shard} AND p.name LIKE '% {server.ProcessId}'";
            if (await cluster.ReadAsync(sql) == 1) here.Add(name);
        }
        return here;
    }

    // Both messages, once each way.
    private static async Task<double> WireMicrosAsync(CancellationToken stop)
    {
        const int turns = 50_000;
        var url = RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien");
        var caller = new Caller(RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), Credentials.Digest);
        var request = new PropFind(caller, url, new PropFindQuery(PropFindKind.Named, [PropertyName.State]));
        var ask = new AskMessage(url, new NodeOwner("Kari Hensien", "KariHensien@adatum.com", Guid.NewGuid().ToString()), request, caller);
        var answer = AnswerMessage.Of(new Answer.Done(207) { Body = new byte[700] });
        var micros = 0.0;
        // The first times for the compiler, which works beside.
        for (var part = 0; part < 4; part++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), stop);
            var before = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < turns; i++)
            {
                Wire.Read<AskMessage>(Wire.Write(ask));
                Wire.Read<AnswerMessage>(Wire.Write(answer));
            }
            micros = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / turns;
        }
        return micros;
    }

    // Of one request.
    private static async Task<double> MeasureAsync(int port, int connections, string[] paths, Func<TimeSpan> taken, CancellationToken stop)
    {
        var count = connections == 1 ? 4_000 : 20_000 / connections;
        var open = new List<(HttpConnection Connection, byte[][] Requests)>();
        for (var i = 0; i < connections; i++)
        {
            var (connection, user) = (await HttpConnection.OpenAsync(port, stop), new User(i));
            await user.TakeChallengeAsync(connection, stop);
            var first = i;
            open.Add((connection, [.. Enumerable.Range(0, count)
                .Select(turn => user.Request("PROPFIND", paths[(first + turn) % paths.Length], "Depth: 0\r\n", Document))]));
        }
        var before = taken();
        await Task.WhenAll(open.Select(one => Task.Run(async () =>
        {
            foreach (var request in one.Requests)
                if (await one.Connection.AskAsync(request, stop) != 207) throw new InvalidOperationException(one.Connection.Head + one.Connection.Body);
        })));
        var used = taken() - before;
        foreach (var (connection, _) in open) connection.Dispose();
        return used.TotalMicroseconds / (count * connections);
    }
}
