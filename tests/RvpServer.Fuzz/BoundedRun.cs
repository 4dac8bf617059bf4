using System.Diagnostics;
using System.Text;

namespace RvpServer.Fuzz;

/// <summary>One input to one target, within bounds of time and memory.</summary>
internal static class BoundedRun
{
    /// <summary>Inputs are a few kilobytes, which every reader reads in microseconds: this is only missed by one that hangs or is quadratic.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    private const long MaxBytes = 16 * 1024 * 1024;
    private const long MaxBytesForEach = 8 * 1024;

    public static void Of(FuzzTarget target, byte[] input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var began = Stopwatch.GetTimestamp();
        try
        {
            target.Read(input);
        }
        catch (Exception finding)
        {
            throw new FindingException(target, input, finding);
        }
        var time = Stopwatch.GetElapsedTime(began);
        if (time > MaxTime) throw new FindingException(target, input, new TimeoutException($"It took {time}."));
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > MaxBytes + MaxBytesForEach * input.Length)
            throw new FindingException(target, input, new InsufficientMemoryException($"It allocated {allocated} bytes."));
    }
}

/// <summary>What a target did not survive.</summary>
internal sealed class FindingException(FuzzTarget target, byte[] input, Exception cause)
    : Exception($"{target.Name} fails on {CorpusFile.Write(input)}{Environment.NewLine}in UTF-8: {Encoding.UTF8.GetString(input)}", cause);
