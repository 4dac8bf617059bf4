using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace RvpServer.Configuration;

/// <summary>A server's certificate in a file, as Kestrel's configuration names it: PKCS#12, or PEM with its key in a file of its own.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="KeyPath">The file of the key, absolute; null: the certificate is PKCS#12.</param>
/// <param name="Password">Of the file, or of the key; null: none.</param>
internal sealed record CertificateFile(string Path, string? KeyPath, string? Password)
{
    /// <summary>Null if the section names no file.</summary>
    public static CertificateFile? Of(IConfigurationSection section) =>
        section["Path"] is { Length: > 0 } path
            ? new CertificateFile(
                System.IO.Path.GetFullPath(path), section["KeyPath"] is { Length: > 0 } key ? System.IO.Path.GetFullPath(key) : null, section["Password"])
            : null;

    /// <summary>
    /// Differs between contents; empty if they cannot be read. By content, since the files may be links, and links to links, whose times say nothing.
    /// </summary>
    public string ReadMark()
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(File.ReadAllBytes(Path));
            if (KeyPath is not null) hash.AppendData(File.ReadAllBytes(KeyPath));
            return Convert.ToHexString(hash.GetHashAndReset());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>Reads the certificate, its key and the certificates of its issuers. Throws what <see cref="IsFailure"/> knows.</summary>
    public SslStreamCertificateContext Load()
    {
        var chain = new X509Certificate2Collection();
        X509Certificate2 own;
        if (KeyPath is null)
        {
            chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(Path, Password);
            own = chain.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new CryptographicException("It holds no private key.");
        }
        else
        {
            var text = File.ReadAllText(Path);
            chain.ImportFromPem(text);
            var key = File.ReadAllText(KeyPath);
            own = Password is null ? X509Certificate2.CreateFromPem(text, key) : X509Certificate2.CreateFromEncryptedPem(text, key, Password);
            // Windows' TLS cannot use a key that is only in memory.
            if (OperatingSystem.IsWindows()) own = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), null);
        }
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>True for what <see cref="Load"/> throws when the files are not there, half written, or do not fit together.</summary>
    public static bool IsFailure(Exception failure) =>
        failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException;
}
