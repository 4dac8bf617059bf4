using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using RvpServer.Configuration;
using RvpServer.Directories.Local;
using RvpServer.Runtime;

namespace RvpServer.Push;

/// <summary>The key by which push services know this server: browsers bind their subscriptions to it, so it lasts. [RFC 8292]</summary>
internal sealed class PushKey(StoredPushes stored, IDataProtectionProvider keys, PushOptions options, WallClock wall) : IDisposable
{
    // At most a day. [RFC 8292, 2]
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly IDataProtector protector = keys.CreateProtector("RvpServer.PushKey");
    private readonly SemaphoreSlim loading = new(1, 1);
    private ECDsa? key;

    /// <summary>The public key as pages hand it to the browser.</summary>
    public async Task<string> PublicAsync(CancellationToken stop) => TextOf(await LoadAsync(stop));

    /// <summary>What an Authorization header to a push service says.</summary>
    /// <param name="service">Any URL of the service.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<string> AuthorizationAsync(Uri service, CancellationToken stop)
    {
        var own = await LoadAsync(stop);
        var claims = new { aud = service.GetLeftPart(UriPartial.Authority), exp = (wall.Now + Lifetime).ToUnixTimeSeconds(), sub = options.Contact };
        var text = Encode(new { typ = "JWT", alg = "ES256" }) + "." + Encode(claims);
        byte[] signature;
        lock (own) signature = own.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256);
        return $"vapid t={text}.{Base64Url.EncodeToString(signature)}, k={TextOf(own)}";
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        key?.Dispose();
        loading.Dispose();
    }

    private async ValueTask<ECDsa> LoadAsync(CancellationToken stop)
    {
        if (key is { } known) return known;
        await loading.WaitAsync(stop);
        try
        {
            if (key is not null) return key;
            var kept = ECDsa.Create();
            kept.ImportPkcs8PrivateKey(protector.Unprotect(await stored.KeyAsync(Make, stop)), out _);
            return key = kept;
        }
        finally
        {
            loading.Release();
        }
    }

    private byte[] Make()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return protector.Protect(made.ExportPkcs8PrivateKey());
    }

    private static string TextOf(ECDsa key)
    {
        lock (key) return Base64Url.EncodeToString(PushEncryption.PointOf(key.ExportParameters(includePrivateParameters: false).Q));
    }

    private static string Encode(object part) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(part));
}
