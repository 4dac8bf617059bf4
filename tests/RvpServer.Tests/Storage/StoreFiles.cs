using System.Text;

namespace RvpServer.Tests.Storage;

/// <summary>What disks and people do to the files of a store.</summary>
internal static class StoreFiles
{
    private const int PageLength = 4096;

    /// <summary>Overwrites the pages on which a text stands, in a file that nobody has open; gives how many there were.</summary>
    public static int DamagePagesWith(string file, string text)
    {
        var bytes = File.ReadAllBytes(file);
        var damaged = 0;
        var wanted = Encoding.UTF8.GetBytes(text);
        for (var at = PageLength; at < bytes.Length; at += PageLength)
        {
            var page = bytes.AsSpan(at, PageLength);
            // A leaf of a table; an index has the same texts.
            if (page[0] != 0x0d || page.IndexOf(wanted) < 0) continue;
            page.Fill(0xa5);
            damaged++;
        }
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write)) stream.Write(bytes);
        return damaged;
    }
}
