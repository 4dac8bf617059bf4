namespace RvpServer.Bench;

/// <summary>What was measured beside what it should be; printed at the end, when all rows have run.</summary>
internal sealed class Scorecard
{
    private readonly List<(string Row, string Target, string Value, bool IsMet)> lines = [];

    /// <summary>A row that should not be higher.</summary>
    public void AtMost(string row, double target, double value, string unit) =>
        lines.Add((row, $"≤ {Format(target)} {unit}", Format(value), value <= target));

    /// <summary>A row that should not be lower.</summary>
    public void AtLeast(string row, double target, double value, string unit) =>
        lines.Add((row, $"≥ {Format(target)} {unit}", Format(value), value >= target));

    public void Print()
    {
        if (lines.Count == 0) return;
        Console.WriteLine($"{"",-52}{"target",20}{"value",12}");
        foreach (var (row, target, value, isMet) in lines) Console.WriteLine($"{row,-52}{target,20}{value,12}  {(isMet ? "met" : "missed")}");
    }

    private static string Format(double value) => value < 100 ? $"{value:0.##}" : $"{value:0}";
}
