using System.Globalization;

namespace RvpServer.Bench;

/// <summary>What a process has used since it started, or between two moments: all but the time is counted, and does not vary with the machine.</summary>
/// <param name="Micros">Processor time, user and kernel.</param>
/// <param name="Allocated">Bytes of managed memory.</param>
/// <param name="Collections">Of the youngest generation.</param>
/// <param name="PauseMicros">How long collections held up everything.</param>
/// <param name="PoolItems">Work items of the thread pool.</param>
/// <param name="FileWrites">System calls that write files.</param>
/// <param name="FileBytes">Bytes that these wrote.</param>
internal readonly record struct Usage(
    double Micros, double Allocated, double Collections, double PauseMicros, double PoolItems, double FileWrites, double FileBytes)
{
    /// <summary>This process's.</summary>
    public static Usage Now()
    {
        var files = File.ReadLines("/proc/self/io").Select(line => line.Split(": ")).ToDictionary(pair => pair[0], pair => pair[1]);
        return new Usage(
            Environment.CpuUsage.TotalTime.TotalMicroseconds, GC.GetTotalAllocatedBytes(precise: true), GC.CollectionCount(0),
            GC.GetTotalPauseDuration().TotalMicroseconds, ThreadPool.CompletedWorkItemCount, Number(files["syscw"]), Number(files["wchar"]));
    }

    /// <summary>As <see cref="ToString"/> writes it.</summary>
    public static Usage Parse(string line)
    {
        var numbers = line.Split(' ').Select(Number).ToArray();
        return new Usage(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6]);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Micros} {Allocated} {Collections} {PauseMicros} {PoolItems} {FileWrites} {FileBytes}");

    public static Usage operator +(Usage one, Usage other) => new(
        one.Micros + other.Micros, one.Allocated + other.Allocated, one.Collections + other.Collections, one.PauseMicros + other.PauseMicros,
        one.PoolItems + other.PoolItems, one.FileWrites + other.FileWrites, one.FileBytes + other.FileBytes);

    public static Usage operator -(Usage one, Usage other) => one + (other * -1);

    public static Usage operator *(Usage one, double factor) => new(
        one.Micros * factor, one.Allocated * factor, one.Collections * factor, one.PauseMicros * factor, one.PoolItems * factor, one.FileWrites * factor,
        one.FileBytes * factor);

    public static Usage operator /(Usage one, double divisor) => one * (1 / divisor);

    /// <summary>The lesser of each: what else happened, such as the compiler's work, only adds.</summary>
    public static Usage Least(Usage one, Usage other) => new(
        Math.Min(one.Micros, other.Micros), Math.Min(one.Allocated, other.Allocated), Math.Min(one.Collections, other.Collections),
        Math.Min(one.PauseMicros, other.PauseMicros), Math.Min(one.PoolItems, other.PoolItems), Math.Min(one.FileWrites, other.FileWrites),
        Math.Min(one.FileBytes, other.FileBytes));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
