using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using RvpServer.Runtime;

namespace RvpServer.Directories.Local;

/// <summary>
/// Secrets as stored: encrypted with ASP.NET Data Protection, so that the database alone, or a backup of it, is useless to others. Each is bound to its
/// account: a row copied to another account cannot be decrypted.
/// </summary>
internal sealed class SecretVault(IDataProtectionProvider keys)
{
    private const byte FormatVersion = 1;

    private readonly IDataProtector protector = keys.CreateProtector("RvpServer.AccountSecrets");

    // New keys would protect nothing: those of before stay in the folder, since what they have encrypted stays in the store. One that lasts makes a copy of
    // the folder stay complete.
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(100 * 365);

    /// <summary>The keys of a data directory, under <c>keys</c>; the server and the command line use the same ones.</summary>
    public static IDataProtectionProvider OpenKeys(string dataDirectory) => OpenKeys(dataDirectory, builder => builder.SetDefaultKeyLifetime(KeyLifetime));

    /// <summary>The keys as the next start will find them, read from the folder; makes none. For readiness.</summary>
    public static IDataProtectionProvider OpenExistingKeys(string dataDirectory) =>
        OpenKeys(dataDirectory, builder => builder.DisableAutomaticKeyGeneration());

    private static IDataProtectionProvider OpenKeys(string dataDirectory, Action<IDataProtectionBuilder> more)
    {
        var directory = new DirectoryInfo(Path.Combine(dataDirectory, "keys"));
        FileModes.CreatePrivateFolder(directory.FullName);
        return DataProtectionProvider.Create(directory, builder =>
        {
            builder.SetApplicationName("RvpServer");
            builder.AddKeyManagementOptions(options => options.XmlRepository = new SyncedKeys(directory));
            more(builder);
        });
    }

    /// <summary>Encrypts the secrets.</summary>
    public byte[] Protect(Account account, AccountSecrets secrets)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(FormatVersion);
        writer.Write(OwnerOf(account));
        SecretBytes.Write(writer, secrets);
        return protector.Protect(buffer.ToArray());
    }

    /// <summary>Decrypts; throws <see cref="DirectoryException"/> when the keys are missing or the row belongs to another account.</summary>
    public AccountSecrets Unprotect(Account account, byte[] stored)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(protector.Unprotect(stored)));
            if (reader.ReadByte() != FormatVersion) throw new CryptographicException("The format is not known.");
            if (reader.ReadString() != OwnerOf(account)) throw new CryptographicException("They belong to another account.");
            return SecretBytes.Read(reader);
        }
        // InvalidOperationException: there are no keys at all.
        catch (Exception failure) when (failure is CryptographicException or EndOfStreamException or InvalidOperationException)
        {
            throw new DirectoryException(
                $"The secrets of {account.Email} cannot be read, are the keys beside the store the right ones? {failure.Message}", failure);
        }
    }

    private static string OwnerOf(Account account) => account.Domain + "/" + account.Name;
}
