using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace RvpServer.Authentication.Ntlm;

/// <summary>The stored form of a password for NTLM: MD4 of its UTF-16LE bytes. [MS-NLMP, 3.3.1]</summary>
internal static class NtHash
{
    public const int Length = 16;

    public static byte[] Of(string password)
    {
        var md4 = new MD4Digest();
        md4.BlockUpdate(Encoding.Unicode.GetBytes(password));
        var hash = new byte[Length];
        md4.DoFinal(hash, 0);
        return hash;
    }
}
