using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>One of the servers of a <see cref="Contest"/>.</summary>
/// <param name="name">Its row's.</param>
/// <param name="server">Whose processor time counts.</param>
/// <param name="requestsOf">What writes the requests of a connection, by its number.</param>
/// <param name="prepare">Called before each round, such as to take new challenges.</param>
internal sealed class Contender(string name, ChildServer server, Func<int, Func<byte[]>> requestsOf, Func<CancellationToken, Task>? prepare = null)
{
    private readonly List<Func<byte[]>> writers = [];
    private Usage used;
    private TimeSpan took;

    public string Name => name;

    public ChildServer Server => server;

    public IReadOnlyList<HttpConnection> Connections { get; private set; } = [];

    /// <summary>What one request used, and how many were answered in a second, by round.</summary>
    public List<(Usage Each, double PerSecond)> Rounds { get; } = [];

    public double PerSecond => Table.Median(Rounds.Select(round => round.PerSecond));

    public async Task ConnectAsync(int count, CancellationToken stop)
    {
        Connections = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => HttpConnection.OpenAsync(server.Port, stop)));
        writers.AddRange(Enumerable.Range(0, count).Select(requestsOf));
    }

    public void Disconnect()
    {
        foreach (var connection in Connections) connection.Dispose();
    }

    public async Task BeginAsync(CancellationToken stop)
    {
        (used, took) = (default, default);
        if (prepare is not null) await prepare(stop);
    }

    /// <summary>The next requests of a connection.</summary>
    public byte[][] Write(int connection, int count) => [.. Enumerable.Range(0, count).Select(_ => writers[connection]())];

    public void Add(Usage ofBurst, TimeSpan time) => (used, took) = (used + ofBurst, took + time);

    public void End(int requests) => Rounds.Add((used / requests, requests / took.TotalSeconds));

    public double Median(Func<Usage, double> of) => Table.Median(Rounds.Select(round => of(round.Each)));

    /// <summary>The median over rounds, each beside the other's.</summary>
    public double RatioTo(Contender yardstick) =>
        Table.Median(Rounds.Zip(yardstick.Rounds, (one, other) => one.Each.Micros / other.Each.Micros));
}
