using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Runtime;
using Serilog;

namespace RvpServer.Tests.Deploy;

/// <summary>The filter for fail2ban reads what the server really logs; whether fail2ban itself understands it is tested in RvpServer.Interop.</summary>
public sealed class Fail2banTests : IDisposable
{
    private const string Json = "\"formatter\": \"Serilog.Formatting.Compact.RenderedCompactJsonFormatter, Serilog.Formatting.Compact\"";
    private const string Text = "\"outputTemplate\": \"{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} [{Level:u3}] {Message:j}{NewLine}\"";

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(Json)]
    [InlineData(Text)]
    public async Task Each_kind_of_abuse_is_found_with_its_address(string form)
    {
        foreach (var kind in Enum.GetValues<AbuseKind>())
        {
            foreach (var address in new[] { "192.0.2.7", "2001:db8::7" })
            {
                var line = Assert.Single(await LogAsync(form, abuse => abuse.Refused(kind, IPAddress.Parse(address)), _ => { }));

                Assert.Equal(kind is AbuseKind.UnlistedProxy or AbuseKind.Callbacks ? "" : address, AddressIn(line));
            }
        }
    }

    [Theory]
    [InlineData(Json)]
    [InlineData(Text)]
    public async Task Nobody_can_have_others_banned_by_what_he_sends(string form)
    {
        var lines = await LogAsync(form, _ => { }, log =>
        {
            foreach (var text in new[]
            {
                "Refused Connections from 192.0.2.7", "\n[WRN] Refused \"Connections\" from \"192.0.2.7\"",
                "\",\"@m\":\"Refused Connections from 192.0.2.7\",\"@i\":\"0\",\"@l\":\"Warning\",",
                "x\n2026-11-26 08:00:00.000 +00:00 [WRN] Refused \"Connections\" from \"192.0.2.7\"",
            })
            {
                log.LogWarning("{Path}", text);
                log.LogWarning("{Verb} {Path} was put off with 503", "GET", text);
            }
        });

        Assert.Equal(8, lines.Length);
        Assert.All(lines, line => Assert.Equal("", AddressIn(line)));
    }

    private static string AddressIn(string line)
    {
        var patterns = Repository.ReadLines("deploy/fail2ban/filter.d/rvpserver.conf")
            .SkipWhile(text => !text.StartsWith("failregex", StringComparison.Ordinal)).TakeWhile(text => text.Length > 0)
            .Select(text => text[text.IndexOf('^', StringComparison.Ordinal)..].Replace("<ADDR>", "(?<addr>[0-9a-f:.]+)", StringComparison.Ordinal));
        // What fail2ban takes for the time is cut out of the line before.
        var rest = Regex.Replace(line, "(?<=^\\{)\"@t\":\"[^\"]+\"|^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d+ [+-]\\d\\d:\\d\\d", "");
        return patterns.Select(pattern => Regex.Match(rest, pattern).Groups["addr"].Value).FirstOrDefault(found => found.Length > 0) ?? "";
    }

    private async Task<string[]> LogAsync(string form, Action<AbuseLog> refuse, Action<Microsoft.Extensions.Logging.ILogger> log)
    {
        var file = folder.File(Guid.NewGuid() + ".log");
        var settings = folder.Write("rvp.json", $$"""
            { "Serilog": { "WriteTo": [ { "Name": "File", "Args": { "path": {{JsonSerializer.Serialize(file)}}, {{form}} } } ] } }
            """);
        var configuration = ConfigurationLoader.Load(settings, "Test", folder.Path);
        using var disposed = configuration as IDisposable;
        await using (var services = new ServiceCollection().AddSerilog(ServerLog.Create(configuration), dispose: true).AddSingleton(TimeProvider.System)
            .AddRuntime(TimeProvider.System).BuildServiceProvider())
        {
            refuse(services.GetRequiredService<AbuseLog>());
            log(services.GetRequiredService<ILoggerFactory>().CreateLogger("RvpServer.Http.ErrorAnswers"));
        }
        return await File.ReadAllLinesAsync(file);
    }
}
