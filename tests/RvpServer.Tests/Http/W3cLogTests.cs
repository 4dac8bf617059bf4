using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Rvp.Engine;
using Rvp.Testing;
using RvpServer.Http;

namespace RvpServer.Tests.Http;

public class W3cLogTests
{
    [Fact]
    public async Task Every_request_stands_in_the_log_after_a_stop()
    {
        using var folder = new TempFolder();
        await using (var host = await KestrelHost.StartAsync(
            app =>
            {
                app.UseW3CLogging();
                app.Run(context =>
                {
                    context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, @"ADATUM\JoBrown")], "Digest"));
                    return AnswerWriter.WriteAsync(context, new Answer.Done(207));
                });
            },
            (services, settings) => services.AddW3cLog(settings.ProtocolLog),
            ("Rvp:ProtocolLog:Directory", folder.Path)))
        {
            for (var i = 0; i < 40; i++) await host.AskAsync($"SUBSCRIBE /instmsg/aliases/Kari{i} HTTP/1.1", "Host: im.adatum.com", "Connection: close");
            await host.StopAsync();
        }

        var lines = Directory.GetFiles(folder.Path).SelectMany(File.ReadAllLines).ToArray();
        var fields = lines.Single(l => l.StartsWith("#Fields: ", StringComparison.Ordinal))["#Fields: ".Length..].Split(' ');
        var rows = lines.Where(l => !l.StartsWith('#')).Select(l => fields.Zip(l.Split(' ')).ToDictionary(c => c.First, c => c.Second)).ToArray();

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"/instmsg/aliases/Kari{i}"), rows.Select(r => r["cs-uri-stem"]));
        Assert.All(rows, r => Assert.Equal(
            ("127.0.0.1", @"ADATUM\JoBrown", "SUBSCRIBE", "207"), (r["c-ip"], r["cs-username"], r["cs-method"], r["sc-status"])));
        Assert.All(["date", "time", "time-taken", "cs-host"], field => Assert.Contains(field, fields));
    }
}
