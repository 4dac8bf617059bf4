using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Rvp.Testing;

/// <summary>A push service, and the browser behind it that can read what comes.</summary>
internal sealed class FakePushService : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ECDiffieHellman browser = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(16);
    private readonly Channel<Pushed> pushed = Channel.CreateUnbounded<Pushed>();

    private FakePushService(WebApplication app) => this.app = app;

    /// <summary>Answers for endpoints; 201 where none is said.</summary>
    public ConcurrentDictionary<string, int> Answers { get; } = new();

    public string Origin { get; private set; } = "";

    public static async Task<FakePushService> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var service = new FakePushService(app);
        app.Run(service.TakeAsync);
        await app.StartAsync();
        service.Origin = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return service;
    }

    /// <summary>What the page sends to the server.</summary>
    public string Form(string endpoint = "jos-phone", bool showsText = false) => JsonSerializer.Serialize(new
    {
        endpoint = $"{Origin}/{endpoint}",
        p256dh = Base64Url.EncodeToString(PointOf(browser)),
        auth = Base64Url.EncodeToString(secret),
        showsText,
    });

    /// <summary>The next notice, if one comes within this time.</summary>
    public async Task<Pushed?> TryTakeAsync(TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        try
        {
            return await pushed.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        browser.Dispose();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var endpoint = context.Request.Path.Value!.TrimStart('/');
        context.Response.StatusCode = Answers.GetValueOrDefault(endpoint, StatusCodes.Status201Created);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        pushed.Writer.TryWrite(new Pushed(endpoint, headers, JsonDocument.Parse(Decrypt(body.ToArray())).RootElement));
    }

    // By RFC 8188 and 8291, from the receiver's side.
    private byte[] Decrypt(byte[] message)
    {
        var (salt, sender, text) = (message[..16], message[21..86], message[86..]);
        if (!message.AsSpan(16, 5).SequenceEqual((byte[])[0, 0, 16, 0, 65])) throw new InvalidDataException("The head of the message is wrong.");
        using var theirs = ECDiffieHellman.Create(
            new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = sender[1..33], Y = sender[33..] } });
        var shared = browser.DeriveRawSecretAgreement(theirs.PublicKey);
        byte[] about = [.. Encoding.ASCII.GetBytes("WebPush: info\0"), .. PointOf(browser), .. sender];
        var input = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, secret, about);
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 16, salt, Encoding.ASCII.GetBytes("Content-Encoding: aes128gcm\0"));
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, input, 12, salt, Encoding.ASCII.GetBytes("Content-Encoding: nonce\0"));
        var plain = new byte[text.Length - 16];
        using (var cipher = new AesGcm(key, 16)) cipher.Decrypt(nonce, text.AsSpan(..^16), text.AsSpan(^16..), plain);
        if (plain[^1] != 2) throw new InvalidDataException("It is not the last record.");
        return plain[..^1];
    }

    private static byte[] PointOf(ECDiffieHellman key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. point.X!, .. point.Y!];
    }
}

/// <summary>A notice that has come.</summary>
internal sealed record Pushed(string Endpoint, IReadOnlyDictionary<string, string> Headers, JsonElement Notice)
{
    public string? Text => Notice.TryGetProperty("text", out var text) ? text.GetString() : null;

    public int Count => Notice.GetProperty("count").GetInt32();
}
