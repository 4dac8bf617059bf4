using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Cli.Planning;

namespace RvpServer.Tests.Documents;

/// <summary>
/// The table of sizes in docs/scale.md is written from the planner's model: with <c>RVPSERVER_WRITE_REFERENCE=1</c> this test writes it, else it compares.
/// </summary>
public partial class ScaleDocumentTests
{
    private const string Document = "docs/scale.md";

    private static readonly double[] Sizes = [1_000, 10_000, 100_000, 1_000_000, 2_000_000, 10_000_000];

    private static readonly (string Name, Func<Sizing, string> Of)[] Rows =
    [
        ("what it takes", made => made.Form switch
        {
            Form.Sqlite => "one process, SQLite",
            Form.Postgres => "one process, PostgreSQL",
            Form.Cluster => "a cluster",
            _ => Invariant($"{made.HomeServers:N0} home servers, of each:"),
        }),
        ("processes of 4 cores; shards", made => Invariant($"{made.Processes:N0}; {made.Shards:N0}")),
        ("memory of each machine", made => SizingText.Gigabytes(made.MemoryBytes)),
        ("requests a second", made => Of(made.Requests)),
        ("news to contacts a second", made => Of(made.News)),
        ("busy cores of all processes", made => Of(made.Cores, "N1")),
        ("rows written a second", made => Of(made.Database.Rows)),
        ("transactions of PostgreSQL a second", made => OfDatabase(made, Of(made.Database.Transactions))),
        ("its write-ahead log, MB/s", made => OfDatabase(made, Of(made.Database.LogBytes, "N0", 1 / 1e6))),
        ("its busy cores at peak; memory", made => OfDatabase(made, Invariant($"{made.Database.Cores:N1}; {SizingText.Gigabytes(made.Database.MemoryBytes)}"))),
        ("disk of the store", made => SizingText.Gigabytes(made.Database.DiskBytes)),
        ("connections to PostgreSQL", made => OfDatabase(made, Invariant($"{made.Database.Connections:N0}"))),
        ("from and to clients, Mbit/s", made => Of(made.ClientBytes, "N0", 8 / 1e6)),
        ("between processes, Mbit/s", made => made.Form < Form.Cluster ? "–" : Of(made.InnerBytes, "N0", 8 / 1e6)),
        ("served again after a kill", made => Invariant($"{made.ServesAgain:N1} s")),
        ("bottleneck, taken at peak", made => Invariant($"{made.Bottleneck.What}, {made.Bottleneck.Taken * 100:N0} %")),
    ];

    [Fact]
    public void The_table_of_sizes_is_what_the_planner_says()
    {
        var text = Repository.Read(Document);
        var written = Table().Match(text);
        Assert.True(written.Success);

        var table = Made();
        if (Environment.GetEnvironmentVariable("RVPSERVER_WRITE_REFERENCE") == "1")
            File.WriteAllText(Repository.PathOf(Document), text.Replace(written.Value, table, StringComparison.Ordinal));
        else
            Assert.Equal(table, written.Value);
    }

    [Fact]
    public void Every_command_that_the_document_names_parses()
    {
        var root = ServerCommandLine.Create(CommandFamilies.All, (_, _) => Task.FromResult(ExitCode.Done));
        var commands = Commands().Matches(Repository.Read(Document)).Select(match => match.Groups["arguments"].Value.Trim()).ToList();

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Equal(command, command + string.Concat(root.Parse(command).Errors.Select(error => ": " + error.Message))));
    }

    [Fact]
    public void Every_file_that_the_document_points_to_exists()
    {
        var files = Files().Matches(Repository.Read(Document)).Select(match => match.Value.TrimEnd('/', '.')).Distinct().ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(Path.Exists(Repository.PathOf(file)), file));
    }

    private static string Made()
    {
        var made = Sizes.Select(accounts => Sizing.Of(new Workload { Accounts = accounts })).ToList();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| accounts | {string.Join(" | ", Sizes.Select(size => Invariant($"{size:N0}")))} |\n");
        text.Append(CultureInfo.InvariantCulture, $"|---|{string.Concat(Sizes.Select(_ => "---|"))}\n");
        foreach (var (name, of) in Rows) text.Append(CultureInfo.InvariantCulture, $"| {name} | {string.Join(" | ", made.Select(of))} |\n");
        return text.ToString();
    }

    private static string OfDatabase(Sizing made, string text) => made.Form == Form.Sqlite ? "–" : text;

    private static string Of(Load load, string format = "N0", double factor = 1) =>
        $"{(load.Mean * factor).ToString(format, CultureInfo.InvariantCulture)}; {(load.Peak * factor).ToString(format, CultureInfo.InvariantCulture)}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\| accounts \|.*\n\|---\|.*\n(\|.*\n)*")]
    private static partial Regex Table();

    [GeneratedRegex(@"(?:`|^)rvpserver (?<arguments>(plan|cluster|drain)[^`\n#]*)", RegexOptions.Multiline)]
    private static partial Regex Commands();

    [GeneratedRegex(@"\b(deploy|tests|src)/[A-Za-z0-9_./@-]+")]
    private static partial Regex Files();
}
