using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using RvpServer.Directories;

namespace RvpServer.Web;

/// <summary>The content of the web client's cookie, encrypted with the server's own keys, or the organisation's: nobody else can have written it.</summary>
/// <param name="Id">Id of the session in the store.</param>
/// <param name="Domain">IM domain of the account.</param>
/// <param name="Name">Name of the account.</param>
/// <param name="Stamp">The account's <see cref="PasswordStamp"/>: a new password ends the session.</param>
internal sealed record SessionTicket(Guid Id, string Domain, string Name, long Stamp)
{
    private const byte FormatVersion = 3;
    private const int MaxLength = 2048;

    /// <summary>The text of the cookie.</summary>
    public string Seal(IDataProtector protector)
    {
        using var buffer = new MemoryStream();
        using var writer = new BinaryWriter(buffer);
        writer.Write(FormatVersion);
        writer.Write(Id.ToByteArray());
        writer.Write(Domain);
        writer.Write(Name);
        writer.Write(Stamp);
        return WebEncoders.Base64UrlEncode(protector.Protect(buffer.ToArray()));
    }

    /// <summary>Reads what <see cref="Seal"/> wrote; false for anything else.</summary>
    public static bool TryOpen(string? text, IDataProtector protector, [NotNullWhen(true)] out SessionTicket? ticket)
    {
        ticket = null;
        if (text is null || text.Length > MaxLength) return false;
        try
        {
            using var reader = new BinaryReader(new MemoryStream(protector.Unprotect(WebEncoders.Base64UrlDecode(text))));
            if (reader.ReadByte() != FormatVersion) return false;
            ticket = new SessionTicket(new Guid(reader.ReadBytes(16)), reader.ReadString(), reader.ReadString(), reader.ReadInt64());
            return true;
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException or IOException or ArgumentException)
        {
            return false;
        }
    }
}
