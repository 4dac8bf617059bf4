using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Storage;

namespace RvpServer.Tests.Cli;

public sealed class RepairCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    private string StorePath => folder.File(SqliteFile.Name);

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task It_says_what_is_damaged_what_was_saved_and_where_the_damaged_file_is()
    {
        await FillAsync();
        Assert.Equal(new Ran(0, $"{StorePath} is whole.\n", ""), await RunAsync("--check"));
        StoreFiles.DamagePagesWith(StorePath, "value 500 ");

        var found = await RunAsync("--check");
        var repaired = await RunAsync();

        Assert.Equal((1, $"{StorePath} is damaged.\n"), (found.Code, found.Out));
        Assert.NotEqual("", found.Error);
        Assert.Equal((0, ""), (repaired.Code, repaired.Error));
        var lines = repaired.Out.Split('\n');
        Assert.Matches("^properties: 9\\d\\d rows saved, not \\d+ to \\d+$", lines.Single(line => line.StartsWith("properties", StringComparison.Ordinal)));
        Assert.Equal($"{StorePath} is repaired; {Directory.GetFiles(folder.Path, "*.damaged-*").Single()} is the damaged one.", lines[^2]);
        Assert.Equal(new Ran(0, $"{StorePath} is whole.\n", ""), await RunAsync("--check"));
    }

    private Task<Ran> RunAsync(params string[] options) =>
        Ran.InProcessAsync(new RootCommand { RepairCommand.Create(parsed => new(parsed, StorePath, TextReader.Null)) }.Parse(["repair", .. options]));

    private async Task FillAsync()
    {
        await using var store = new SqliteStore(SqliteFile.Prepare(StorePath), TimeProvider.System, NullLogger<SqliteStore>.Instance);
        await store.CommitAsync(RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), [.. Enumerable.Range(0, 1000).Select(
            i => new Change.PropertySet(new PropertyName("urn:x", $"p{i}"), $"value {i} {new string('x', 200)}"))]);
    }
}
