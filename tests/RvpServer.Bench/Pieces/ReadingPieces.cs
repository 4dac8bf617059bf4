using System.Text;
using BenchmarkDotNet.Attributes;
using Rvp.Protocol;
using Rvp.Protocol.Xml;
using Rvp.Testing;
using RvpServer.Authentication.Digest;

namespace RvpServer.Bench.Pieces;

/// <summary>What is read of a message.</summary>
public class ReadingPieces
{
    private const string Url = "http://im.adatum.com/instmsg/aliases/KariHensien";

    private readonly ReadOnlyMemory<byte> message = Encoding.UTF8.GetBytes(User.Message("http://im.adatum.com/instmsg/aliases/JoBrown", Url));
    private readonly string proof = DigestClient.LikePidgin(
        "JoBrown", TestServer.Password, "NOTIFY", "/instmsg/aliases/KariHensien", "a9f2c0d4")["Digest ".Length..];

    [Benchmark]
    public object? UrlOfNode() => RvpUrl.TryParse(Url, out var url) ? url : null;

    [Benchmark]
    public object HeadOfMessage() => NotificationXml.ReadHead(message);

    [Benchmark]
    public object? DigestHeader() => DigestCredentials.TryParse(proof, out var credentials) ? credentials : null;
}
