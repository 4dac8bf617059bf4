using System.Text;
using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Interop;

/// <summary>What Excel saves, byte by byte, piped into the real program and named as a file.</summary>
public sealed class ImportPipeTests : IDisposable
{
    private const string Text = "address,display,home,password\r\n"
        + "JoBrown@adatum.com,\"Brown, Jo; \"\"Joé\"\"\",,\"Grüße; 1, \"\"2\"\"\"\r\n,,,\r\nKariHensien@adatum.com,,,Pass-Word-1\r\n";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    // "CSV UTF-8", "Unicode Text", and "CSV" in Western Europe, where the separator may be a semicolon.
    [Theory]
    [InlineData("utf-8", ",")]
    [InlineData("utf-8", ";")]
    [InlineData("utf-16", "\t")]
    [InlineData("utf-16BE", ";")]
    [InlineData("iso-8859-1", ";")]
    [InlineData("iso-8859-1", ",")]
    public async Task It_is_read_from_standard_input_and_from_a_file(string charset, string separator)
    {
        var encoding = Encoding.GetEncoding(charset);
        var rows = Text.Replace(",,,", separator + separator + separator, StringComparison.Ordinal)
            .Replace("address,display,home,password", $"address{separator}display{separator}home{separator}password", StringComparison.Ordinal)
            .Replace("JoBrown@adatum.com,", "JoBrown@adatum.com" + separator, StringComparison.Ordinal)
            .Replace("\",,\"", "\"" + separator + separator + "\"", StringComparison.Ordinal);
        var csv = folder.File("people.csv");
        await File.WriteAllBytesAsync(csv, [.. encoding.GetPreamble(), .. encoding.GetBytes(rows)]);

        var piped = await RunAsync("piped", $"exec \"$@\" < '{csv}'", "-");
        var named = await RunAsync("named", "exec \"$@\"", csv);

        foreach (var (ran, shown) in new[] { piped, named })
        {
            Assert.Equal(new Ran(0, "2 accounts imported.\n", ""), ran);
            Assert.Equal("Brown, Jo; \"Joé\"", shown);
        }
    }

    private async Task<(Ran Import, string Shown)> RunAsync(string name, string shell, string file)
    {
        var configuration = folder.Write(name + ".json", JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["Rvp"] = new Dictionary<string, object>
            {
                ["DataDirectory"] = folder.File(name),
                ["VirtualServers"] = new[] { new { Name = "imhomeserver1", Domain = "im.adatum.com", HostNames = new[] { "im.adatum.com" } } },
                ["MailDomains"] = new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" },
            },
        }));
        var ran = await Commands.RunAsync("sh", ["-c", shell, "sh", "dotnet", BuiltPrograms.Server, "user", "import", file, "--config", configuration]);
        var shown = await Commands.RunAsync("dotnet", [BuiltPrograms.Server, "user", "show", "JoBrown@adatum.com", "--json", "--config", configuration]);
        return (ran, shown.Code == 0 ? JsonDocument.Parse(shown.Out).RootElement.GetProperty("displayName").GetString()! : shown.Error);
    }
}
