namespace RvpServer.Directories.Local;

/// <summary>Secrets as bytes, to be encrypted: an NT hash if there is one, the number of forms, and these as <see cref="PackedHa1"/> reads them.</summary>
internal static class SecretBytes
{
    private const int NtHashLength = 16;

    /// <summary>Writes them.</summary>
    public static void Write(BinaryWriter writer, AccountSecrets secrets)
    {
        writer.Write(secrets.NtHash is not null);
        if (secrets.NtHash is not null) writer.Write(secrets.NtHash);
        writer.Write7BitEncodedInt(secrets.Ha1.Count);
        foreach (var (form, ha1) in secrets.Ha1)
        {
            writer.Write(form);
            writer.Write(ha1);
        }
    }

    /// <summary>Reads them to the end of the stream; throws <see cref="EndOfStreamException"/> or <see cref="FormatException"/>.</summary>
    public static AccountSecrets Read(BinaryReader reader)
    {
        var ntHash = reader.ReadBoolean() ? reader.ReadBytes(NtHashLength) : null;
        var count = reader.Read7BitEncodedInt();
        var rest = reader.ReadBytes((int)(reader.BaseStream.Length - reader.BaseStream.Position));
        return new AccountSecrets(new PackedHa1(rest, count), ntHash);
    }
}
