using System.Globalization;

namespace RvpServer.Bench;

/// <summary>What tables need.</summary>
internal static class Table
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
