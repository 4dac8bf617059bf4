using RvpServer.Bench;
using RvpServer.Bench.Pieces;

// What the arguments leave out; every run is bounded in requests and in time.
(string Name, string Arguments, Func<Func<int, int, int>, Scorecard, CancellationToken, Task> RunAsync)[] benchmarks =
[
    ("relay", "[ROUNDS]", (number, score, stop) => RelayBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("fanout", "[ROUNDS]", (number, score, stop) => FanoutBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("signin", "[ROUNDS]", (number, score, stop) => SignInBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("cold", "[ROUNDS]", (number, score, stop) => ColdBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("referral", "[ROUNDS]", (number, score, stop) => ReferralBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("proxy", "[ROUNDS]", (number, score, stop) => ProxyBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("memory", "[ACCOUNTS]", (number, score, stop) => MemoryBenchmark.RunAsync(accounts: number(0, 5_000), score, stop)),
    ("longpoll", "[POLLS]", (number, score, stop) => LongPollBenchmark.RunAsync(polls: number(0, 5_000), score, stop)),
    ("start", "[ACCOUNTS] [ROUNDS]", (number, score, stop) => StartBenchmark.RunAsync(accounts: number(0, 100_000), rounds: number(1, 5), score, stop)),
    ("log", "[SECONDS]", (number, score, stop) => LogBenchmark.RunAsync(seconds: number(0, 5), score, stop)),
    ("directory", "[ACCOUNTS]", (number, _, stop) => DirectoryBenchmark.RunAsync(accounts: number(0, 100_000), stop)),
    ("history", "[MESSAGES]", (number, score, stop) => HistoryBenchmark.RunAsync(messages: number(0, 100_000), score, stop)),
    ("pieces", "", (_, _, _) => PiecesBenchmark.RunAsync()),
    ("scale", "[SECONDS] [PEOPLE]", (number, score, stop) => ScaleBenchmark.RunAsync(seconds: number(0, 60), people: number(1, 0), score, stop)),
    ("hop", "[ROUNDS]", (number, score, stop) => HopBenchmark.RunAsync(rounds: number(0, 5), score, stop)),
    ("cluster", "[SECONDS] [PEOPLE]", (number, _, stop) => ClusterBenchmark.RunAsync(seconds: number(0, 4), people: number(1, 2_000), stop)),
    ("engine", "[WATCHERS] [CHANGES]", (number, _, _) => EngineBenchmark.RunAsync(watchers: number(0, 1_000), changes: number(1, 500))),
];

// Not among all: they take long, and their results are tables of their own.
string[] apart = ["pieces", "scale", "cluster"];

Dictionary<string, Func<string[], CancellationToken, Task>> children = new()
{
    [ChildServer.Rvp] = RvpChild.RunAsync,
    [ChildServer.Yarp] = YarpChild.RunAsync,
    [ChildServer.Redirect] = RedirectChild.RunAsync,
    [ChildServer.BareRelay] = BareRelayChild.RunAsync,
};

using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(30));
var name = args.FirstOrDefault() ?? "";
var rest = args.Skip(1).ToArray();
if (children.TryGetValue(name, out var serveAsync))
{
    await serveAsync(rest, patience.Token);
    return 0;
}
if (name == "all" && rest.Length > 0 || !benchmarks.Any(benchmark => name == benchmark.Name || name == "all"))
{
    Console.Error.WriteLine("all | " + string.Join(" | ", benchmarks.Select(benchmark => $"{benchmark.Name} {benchmark.Arguments}")));
    return 2;
}
var score = new Scorecard();
foreach (var benchmark in benchmarks.Where(benchmark => name == benchmark.Name || (name == "all" && !apart.Contains(benchmark.Name))))
{
    await benchmark.RunAsync(Number, score, patience.Token);
    Console.WriteLine();
}
score.Print();
return 0;

int Number(int index, int otherwise) =>
    index >= rest.Length ? otherwise
    : int.TryParse(rest[index], out var number) && number is > 0 and <= 1_000_000 ? number
    : throw new ArgumentException($"{rest[index]} is no number from 1 to 1000000.");
