using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace RvpServer.Storage;

/// <summary>Reads many rows on a thread of its own, which is ahead of the caller, who makes use of those that are there.</summary>
internal static class ReadAhead
{
    // Rows that are handed over at a time, and how many times that at most.
    private const int PartLength = 1000;
    private const int Parts = 8;

    /// <summary>The rows. Throws <see cref="StoreException"/> if the store fails.</summary>
    public static async IAsyncEnumerable<T> OfAsync<T>(IEnumerable<T> rows, [EnumeratorCancellation] CancellationToken stop)
    {
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var parts = Channel.CreateBounded<T[]>(Parts);
        var reading = Task.Run(() => ReadAsync(rows, parts.Writer, isOver.Token), CancellationToken.None);
        try
        {
            await foreach (var part in parts.Reader.ReadAllAsync(stop))
                foreach (var row in part) yield return row;
        }
        finally
        {
            await isOver.CancelAsync();
            await reading;
        }
    }

    // Whatever goes wrong comes out where the parts are read.
    private static async Task ReadAsync<T>(IEnumerable<T> rows, ChannelWriter<T[]> parts, CancellationToken stop)
    {
        try
        {
            foreach (var part in rows.Chunk(PartLength)) await parts.WriteAsync(part, stop);
            parts.Complete();
        }
        catch (DbException failure)
        {
            parts.Complete(new StoreException("The store cannot be read: " + failure.Message, failure));
        }
        catch (Exception failure)
        {
            parts.Complete(failure);
        }
    }
}
