using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.Repositories;
using RvpServer.Runtime;
using RvpServer.Storage;

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

    /// <summary>
    /// The keys of a store: in the folder <c>keys</c> of the data directory, or in a database that several servers may use. The server and the command line use
    /// the same ones. Throws <see cref="StoreException"/>.
    /// </summary>
    public static IDataProtectionProvider OpenKeys(IDatabase database, string dataDirectory) =>
        OpenKeys(database, dataDirectory, builder => builder.SetDefaultKeyLifetime(KeyLifetime));

    /// <summary>The keys as the next start will find them, read again; makes none. For readiness.</summary>
    public static IDataProtectionProvider OpenExistingKeys(IDatabase database, string dataDirectory) =>
        OpenKeys(database, dataDirectory, builder => builder.DisableAutomaticKeyGeneration());

    /// <summary>Gives another store of the same data directory the keys of one, but for those that it has; gives the number of all.</summary>
    public static int CopyKeys(IDatabase from, IDatabase to, string dataDirectory)
    {
        var keys = RepositoryOf(from, dataDirectory).GetAllElements();
        var target = RepositoryOf(to, dataDirectory);
        var known = target.GetAllElements().Select(NameOf).ToHashSet();
        foreach (var key in keys.Where(key => !known.Contains(NameOf(key)))) target.StoreElement(key, NameOf(key));
        return keys.Count;
    }

    // Keys have an id; what else there may be is known by its text.
    private static string NameOf(XElement key) =>
        "key-" + (key.Attribute("id")?.Value ?? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString(SaveOptions.DisableFormatting)))));

    private static IDataProtectionProvider OpenKeys(IDatabase database, string dataDirectory, Action<IDataProtectionBuilder> more)
    {
        var services = new ServiceCollection();
        var repository = RepositoryOf(database, dataDirectory);
        more(services.AddDataProtection().SetApplicationName("RvpServer").AddKeyManagementOptions(options => options.XmlRepository = repository));
        return services.BuildServiceProvider().GetRequiredService<IDataProtectionProvider>();
    }

    private static IXmlRepository RepositoryOf(IDatabase database, string dataDirectory)
    {
        if (database.IsShared) return new StoredKeys(database);
        var directory = new DirectoryInfo(Path.Combine(dataDirectory, "keys"));
        FileModes.CreatePrivateFolder(directory.FullName);
        return new SyncedKeys(directory);
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
