using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>
/// A node as it travels to another home server: the bytes of a store that has only this one. So whatever a store can keep can travel, written and read by the
/// same code, and both servers must have the same schema.
/// </summary>
internal static class PackedNode
{
    /// <summary>Tells the packed form of one version from that of another: only the same can be unpacked.</summary>
    public static int Format => SqliteFile.SchemaVersion;

    // Every id is one that the node brings along, so the numbers keep the order.
    private static readonly IdCipher NoCipher = new(int.MaxValue, new byte[32]);

    /// <summary>Packs the changes that make a node: those of <see cref="Estate"/>.</summary>
    public static byte[] Pack(RvpUrl node, IReadOnlyList<Change> changes)
    {
        using var connection = OpenMemory();
        SqliteFile.CreateIn(connection);
        var ids = new StoredIds(NoCipher);
        var name = node.ToString();
        foreach (var id in Estate.IdsIn(changes)) ids.Add(name, id, 1 + ids.Count);
        using (var writer = new ChangeWriter(connection, ids))
        {
            SqliteFile.Execute(connection, "BEGIN");
            foreach (var change in changes) writer.Write(name, change);
            SqliteFile.Execute(connection, "COMMIT");
        }
        return Serialize(connection);
    }

    /// <summary>The changes again, in order. Throws <see cref="StoreException"/> for bytes of another schema, or that are not understood wholly.</summary>
    public static IReadOnlyList<Change> Unpack(RvpUrl node, byte[] packed)
    {
        var pinned = GCHandle.Alloc(packed, GCHandleType.Pinned);
        try
        {
            using var connection = OpenMemory();
            Check(raw.sqlite3_deserialize(connection.Handle!, "main", pinned.AddrOfPinnedObject(), packed.Length, packed.Length,
                raw.SQLITE_DESERIALIZE_READONLY));
            if (SqliteFile.Known(connection) != SqliteFile.SchemaVersion) throw new StoreException("A packed node is of another version.");
            var ids = new StoredIds(NoCipher);
            ForeignIds.Load(connection, ids);
            var changes = new List<Change>();
            var stranger = new ChangeReader(sql => new Statement(connection, sql), SqliteFile.Columns, ids,
                name => throw new StoreException($"A row of {name} in a packed node is not understood."));
            foreach (var (owner, change) in stranger.Read())
            {
                if (!owner.Equals(node)) throw new StoreException($"A packed node of {node} has rows of {owner}.");
                changes.Add(change);
            }
            changes.Add(new Change.SequencesGiven(SqliteFile.ReadNumber(connection, "SELECT value FROM counters WHERE name = 'poll_sequence'")));
            return changes;
        }
        catch (SqliteException failure)
        {
            throw new StoreException("A packed node cannot be read: " + failure.Message, failure);
        }
        finally
        {
            pinned.Free();
        }
    }

    private static SqliteConnection OpenMemory()
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        return connection;
    }

    private static byte[] Serialize(SqliteConnection connection)
    {
        var memory = raw.sqlite3_serialize(connection.Handle!, "main", out var size, 0);
        if (memory == IntPtr.Zero) throw new StoreException("There is no memory to pack a node.");
        try
        {
            var bytes = new byte[size];
            Marshal.Copy(memory, bytes, 0, bytes.Length);
            return bytes;
        }
        finally
        {
            raw.sqlite3_free(memory);
        }
    }

    private static void Check(int result)
    {
        if (result != raw.SQLITE_OK) throw new StoreException("A packed node is none.");
    }
}
