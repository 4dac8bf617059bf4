using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;

namespace RvpServer.Fuzz.Stateful;

/// <summary>Whatever a callback answers, the sender of a message hears that it was shown or that nobody is there, and nothing breaks.</summary>
public class CallbackAnswersTests
{
    private const int Seed = 20261126;
    private const int Messages = 100;

    private static readonly string[] Answers =
    [
        "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 404 Not Found\nContent-Type: text/plain; charset=x\nContent-Encoding: gzip\n\n",
    ];

    private static readonly string[] Tokens =
    [
        "HTTP/1.1 ", "HTTP/2.0 ", "ICY 200", " 101 Switching Protocols", " 204", " 302 Found", " 401", " 999", @"\r\n", @"\r\n\r\n", ": ", "Content-Length: -1",
        "Content-Length: 99999999999", "Location: http://x.example/", "Set-Cookie: a=b", "WWW-Authenticate: Negotiate", "Connection: close", "Trailer: x",
        "Retry-After: 9999999999", @"\xFF\xFE", @"\x00", "ffffffffffffffff",
    ];

    [Fact]
    public async Task Whatever_a_callback_answers_its_sender_hears_the_truth_or_that_it_is_unknown()
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(
            replace: services => services.AddSingleton<ILoggerFactory>(_ => LoggerFactory.Create(logging => logging.AddProvider(log.MakeProvider()))));
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        var mutator = new Mutator(Seed, [.. Answers.Select(Encoding.Latin1.GetBytes)], Tokens);
        var shown = 0;
        for (var i = 0; i < Messages; i++)
        {
            // One that did not answer twice is taken for dead.
            if ((await kari.Renews(kari.SignIn)).Status != 200) Assert.Equal(200, (await kari.SignsIn()).Status);
            var answer = mutator.Next();
            kari.Callback.Reply = new CallbackReply(Encoding.Latin1.GetString(answer), AfterReply.Close);

            var heard = await jo.Says(kari, $"message {i}");

            Assert.True(heard.Status is 200 or 412 or 403 or 404, $"{heard} after {CorpusFile.Write(answer)}");
            if (heard.Status == 200) shown++;
            Assert.Contains($"message {i}]]", (await kari.Callback.NextAsync()).Body, StringComparison.Ordinal);
        }

        Assert.InRange(shown, Messages / 10, Messages - 1);
        Assert.Empty(log.Entries.Where(entry => entry.Level >= LogLevel.Error).Select(entry => $"{entry.Message} {entry.Cause}"));
    }
}
