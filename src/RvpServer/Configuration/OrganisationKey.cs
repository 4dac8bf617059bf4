using System.Security.Cryptography;
using System.Text;

namespace RvpServer.Configuration;

/// <summary>
/// The secret that all servers of one organisation hold, each in a file: who knows it is one of them. It is never used itself; each purpose has a key made from
/// it, so that what one part shows says nothing to another.
/// </summary>
internal sealed class OrganisationKey
{
    private const string Setting = "Rvp:OrganisationKeyFile";

    /// <summary>Bytes of the secret.</summary>
    private const int Size = 32;

    private readonly byte[] secret;

    private OrganisationKey(byte[] secret) => this.secret = secret;

    /// <summary>The text of a new file: 32 random bytes in Base64.</summary>
    public static string Make() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Size));

    /// <summary>The key in a file; null, and a mistake, if there is none.</summary>
    public static OrganisationKey? Read(string file, string baseFolder, Mistakes mistakes)
    {
        try
        {
            if (Parse(File.ReadAllText(Path.Combine(baseFolder, file)), out var key)) return key;
            return Refuse("it holds no key: make one with rvpserver key new FILE, and copy it to every server");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Refuse(failure.Message);
        }

        OrganisationKey? Refuse(string cure)
        {
            mistakes.Add(Setting, file, cure);
            return null;
        }
    }

    /// <summary>The key for one purpose, always the same.</summary>
    /// <param name="purpose">Words that no other part uses.</param>
    /// <param name="size">Bytes.</param>
    public byte[] Derive(string purpose, int size = Size) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, size, info: Encoding.UTF8.GetBytes("RvpServer " + purpose));

    private static bool Parse(string text, out OrganisationKey? key)
    {
        var bytes = new byte[Size];
        key = Convert.TryFromBase64String(text.Trim(), bytes, out var count) && count == Size ? new(bytes) : null;
        return key is not null;
    }
}
