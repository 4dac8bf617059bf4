using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Tests.Hostile;

/// <summary>What strangers do to connections, to heads and bodies, and to authentication.</summary>
public sealed class BadConnectionTests : HostileTest
{
    private const string Head = "ACL /instmsg/aliases/JoBrown HTTP/1.1\r\nHost: im.adatum.com\r\n";

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Limits:HeaderTimeout"] = "00:00:01" };

    /// <summary>Requests that are no HTTP, or not what HTTP allows.</summary>
    public static TheoryData<string, int> NoHttp => new()
    {
        { "nonsense\r\n\r\n", 400 }, { "ACL\r\n\r\n", 400 }, { "ACL / HTTP/9.9\r\n\r\n", 505 }, { "ACL / HTTP/1.1\r\n\r\n", 400 },
        { "ACL * HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n", 405 },
        { Head + "Host: im.adatum.com\r\n\r\n", 400 }, { "ACL /x HTTP/1.1\r\nHost: im adatum com\r\n\r\n", 400 }, { Head + "No colon\r\n\r\n", 400 },
        { Head + " Folded: x\r\n\r\n", 400 },
        { Head + "Content-Length: -1\r\n\r\n", 400 }, { Head + "Content-Length: x\r\n\r\n", 400 },
        { Head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400 },
        { Head + "Transfer-Encoding: gzip\r\n\r\n", 400 }, { Head + "X: \0\r\n\r\n", 400 },
        { "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003\r\n\r\n", 400 },
        { "ACL /instmsg/aliases/JoBrown%00 HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n", 400 },
    };

    public static TheoryData<string, int> Proofs => new()
    {
        { "Digest", 400 }, { "Digest username=\"JoBrown", 400 }, { "Digest nonce=\"x\", response=\"y\"", 400 }, { "NTLM !!!!", 400 },
        { "NTLM TlRMTVNTUAADAAAA", 401 }, { "NTLM", 400 },
        { "NTLM " + "TlRMTVNTUAADAAAAGAAYAP////8YABgA/////wAA/////w==", 401 }, { "Basic !!!", 401 }, { "Basic Sm9Ccm93bjpQYXNzLVdvcmQtMQ==", 401 },
        { "Negotiate YII=", 401 }, { "Bearer x", 401 }, { "\u00ff\u00fe", 401 },
        { "Digest x\r\nAuthorization: Digest y", 400 },
    };

    [Theory]
    [MemberData(nameof(NoHttp))]
    public async Task What_is_no_http_is_refused(string request, int status)
    {
        var before = await GivenStill();

        var answer = await Server.AskAsync(request);

        Assert.Equal(status, answer.Status);
        await AssertUnchangedStill(before);
    }

    [Theory]
    [MemberData(nameof(Proofs))]
    public async Task A_broken_proof_is_no_proof(string authorization, int status)
    {
        var before = await GivenStill();

        AssertRefused(status, await Server.AskAsync(Head + $"RVP-From-Principal: {Jo.Url}\r\nAuthorization: {authorization}\r\n\r\n"));

        await AssertUnchangedStill(before);
    }

    [Fact]
    public async Task Ten_megabytes_are_refused_before_they_come()
    {
        var before = await GivenStill();

        AssertRefused(413, await Server.AskAsync(Head + await Jo.Proof("ACL", Jo.Path) + "Content-Length: 10485760\r\n\r\n"));

        await AssertUnchangedStill(before);
    }

    [Fact]
    public async Task Ten_megabytes_in_chunks_are_cut_off()
    {
        var before = await GivenStill();
        await using var connection = await Server.ConnectAsync();
        await connection.SendAsync(Head + await Jo.Proof("ACL", Jo.Path) + "Transfer-Encoding: chunked\r\n\r\n");
        var chunk = "10000\r\n" + new string('x', 0x10000) + "\r\n";

        // More than is allowed, less than sockets hold: the rest would be reset and take the answer with it.
        for (var i = 0; i < 3; i++) await connection.SendAsync(chunk);
        var answer = await connection.ReadAnswerAsync();
        var sent = 3;
        try
        {
            for (; sent < 160; sent++) await connection.SendAsync(chunk);
        }
        catch (IOException)
        {
            // The server has closed the connection, as it should.
        }

        AssertRefused(413, answer);
        Assert.Equal("close", answer["Connection"]);
        Assert.True(sent < 160, "The server took ten megabytes.");
        await AssertUnchangedStill(before);
    }

    [Fact]
    public async Task A_megabyte_of_headers_is_refused()
    {
        var before = await GivenStill();
        await using var connection = await Server.ConnectAsync();
        try
        {
            await connection.SendAsync(Head + "X: " + new string('x', 1_048_576) + "\r\n\r\n");
        }
        catch (IOException)
        {
            // It need not read them all.
        }

        // A reset may overtake the answer.
        Assert.True(await StatusOrCut(connection) is 431 or null);
        await AssertUnchangedStill(before);
    }

    [Fact]
    public async Task Slow_headers_end_the_connection()
    {
        var before = await GivenStill();
        await using var connection = await Server.ConnectAsync();

        await connection.SendAsync(Head[..20]);
        var answer = await connection.ReadAnswerAsync();

        Assert.Equal(408, answer.Status);
        Assert.Equal("", await connection.ReadToEndAsync());
        await AssertUnchangedStill(before);
    }

    [Fact]
    public async Task Half_open_connections_hinder_nobody()
    {
        var before = await GivenStill();
        List<RawConnection> connections = [];
        for (var i = 0; i < 200; i++)
        {
            connections.Add(await Server.ConnectAsync());
            if (i % 2 == 0) await connections[i].SendAsync(Head + "Content-Length: 100\r\n\r\n<a:");
            if (i % 4 == 0) connections[i].FinishSending();
        }

        await AssertUnchangedStill(before);
        foreach (var connection in connections) await connection.DisposeAsync();
    }

    [Fact]
    public async Task Guessing_passwords_is_throttled_and_others_are_not()
    {
        var before = await GivenStill();
        var guesses = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => Guesses()));

        Assert.Contains(401, guesses.Select(answer => answer.Status));
        var last = await Guesses();
        AssertRefused(429, last);
        Assert.Matches("^[1-9][0-9]*$", last["Retry-After"]);
        await AssertUnchangedStill(before);
    }

    private async Task<RawAnswer> Guesses()
    {
        var digest = new DigestClient("Nobody", "Wrong-Word-1");
        digest.Take((await Server.AskAsync(Head + "\r\n"))["WWW-Authenticate"]!);
        return await Server.AskAsync(Head + digest.HeaderFor("ACL", Jo.Path) + "\r\n");
    }

    private static async Task<int?> StatusOrCut(RawConnection connection)
    {
        try
        {
            return (await connection.ReadAnswerAsync()).Status;
        }
        catch (Exception cut) when (cut is IOException or SocketException)
        {
            return null;
        }
    }

    // Real time here: what is left of the leases is no part of the comparison.
    private async Task<string> GivenStill() => WithoutTimes(await Given());

    private async Task AssertUnchangedStill(string before)
    {
        Assert.Equal(before, WithoutTimes(await Stored()));
        Assert.Equal(200, (await Jo.Says(Kari, "Still there?")).Status);
        await Kari.Hears(Jo, "Still there?");
    }

    private static string WithoutTimes(string seen) => System.Text.RegularExpressions.Regex.Replace(seen, "<d:timeout>[0-9]+</d:timeout>", "");
}
