using System.Buffers.Binary;

namespace RvpServer.Budget;

/// <summary>Reads SQLite's write-ahead log. [SQLite, Database File Format, 4.1]</summary>
internal static class WriteAheadLog
{
    private const int HeaderLength = 32;
    private const int FrameHeaderLength = 24;

    /// <summary>Transactions in it, each of which was written through to the disk, and their pages.</summary>
    public static (int Transactions, int Pages) Count(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var pageSize = (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        var salts = bytes.AsSpan(16, 8);
        var (transactions, pages) = (0, 0);
        for (var at = HeaderLength; at + FrameHeaderLength + pageSize <= bytes.Length; at += FrameHeaderLength + pageSize)
        {
            var header = bytes.AsSpan(at, FrameHeaderLength);
            // What stands behind is left from before the log was begun again.
            if (!header[8..16].SequenceEqual(salts)) break;
            pages++;
            // Only the last frame of a transaction names the size of the database.
            if (BinaryPrimitives.ReadUInt32BigEndian(header[4..]) != 0) transactions++;
        }
        return (transactions, pages);
    }
}
