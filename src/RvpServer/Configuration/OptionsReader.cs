using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace RvpServer.Configuration;

/// <summary>
/// Reads a configuration section into an options record and notes every unknown key and every value of the wrong kind. The framework's binder stops at the
/// first mistake, does not name its key, and adds lists to defaults instead of replacing them.
/// </summary>
internal sealed class OptionsReader(Mistakes mistakes)
{
    /// <summary>The record; invalid values are replaced by their defaults.</summary>
    public T Read<T>(IConfigurationSection section) => (T)ReadRecord(typeof(T), section);

    private object ReadRecord(Type type, IConfigurationSection section)
    {
        var record = Activator.CreateInstance(type)!;
        var properties = type.GetProperties();
        foreach (var child in section.GetChildren())
        {
            var property = Array.Find(properties, p => p.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null) mistakes.AddUnknown(child.Path, NearMiss.Cure(child.Key, properties.Select(p => p.Name), "keys"));
            else if (TryReadProperty(property, child, out var value)) property.SetValue(record, value);
        }
        return record;
    }

    private bool TryReadProperty(PropertyInfo property, IConfigurationSection section, out object? value)
    {
        value = null;
        var type = property.PropertyType;
        if (IsScalar(type)) return TryReadScalar(property, section, out value);
        // JSON's null, {} and [] look the same here: the value was not set.
        var isEmpty = !section.GetChildren().Any();
        if (isEmpty && !string.IsNullOrEmpty(section.Value))
        {
            var isList = type.IsAssignableTo(typeof(IEnumerable)) && !IsMap(type) && RecordOf(type) is null;
            mistakes.Add(section.Path, section.Value, isList ? "write a list, [ … ]" : "write a section, { … }");
            return false;
        }
        if (IsMap(type)) value = section.GetChildren().ToDictionary(c => c.Key, c => c.Value ?? "", StringComparer.OrdinalIgnoreCase);
        else if (RecordOf(type) is { } record) value = ReadRecords(record, section);
        else if (type.IsAssignableTo(typeof(IEnumerable))) value = ReadList(type.GenericTypeArguments[0], section);
        else value = ReadRecord(type, section);
        return true;
    }

    private bool TryReadScalar(PropertyInfo property, IConfigurationSection section, out object? value)
    {
        value = null;
        if (section.GetChildren().Any())
        {
            mistakes.AddUnknown(section.Path + ":" + section.GetChildren().First().Key, $"{section.Path} is one value, not a section or list");
            return false;
        }
        var isNullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        if (section.Value is null || (section.Value.Length == 0 && (isNullable || property.PropertyType != typeof(string))))
        {
            if (!isNullable) mistakes.Add(section.Path, section.Value, "leave the key out for its default, or write a value");
            return isNullable;
        }
        if (!ValueKinds.TryParse(property.PropertyType, section.Value, out value, out var cure))
        {
            mistakes.Add(section.Path, section.Value, cure);
            return false;
        }
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range) return true;
        range.ParseLimitsInInvariantCulture = true;
        if (range.IsValid(value)) return true;
        mistakes.Add(section.Path, section.Value, string.Create(CultureInfo.InvariantCulture, $"write a value from {range.Minimum} to {range.Maximum}"));
        return false;
    }

    private Array ReadList(Type itemType, IConfigurationSection section)
    {
        var items = new List<object?>();
        foreach (var child in section.GetChildren())
        {
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                mistakes.AddUnknown(child.Path, $"{section.Path} is a list: its keys are numbers from 0");
            else if (!IsScalar(itemType)) items.Add(ReadRecord(itemType, child));
            else if (ValueKinds.TryParse(itemType, child.Value ?? "", out var item, out var cure)) items.Add(item);
            else mistakes.Add(child.Path, child.Value, cure);
        }
        var list = Array.CreateInstance(itemType, items.Count);
        for (var i = 0; i < items.Count; i++) list.SetValue(items[i], i);
        return list;
    }

    private IDictionary ReadRecords(Type recordType, IConfigurationSection section)
    {
        var map = typeof(Dictionary<,>).MakeGenericType(typeof(string), recordType);
        var records = (IDictionary)Activator.CreateInstance(map, StringComparer.OrdinalIgnoreCase)!;
        foreach (var child in section.GetChildren())
        {
            if (child.Value is { Length: > 0 } text) mistakes.Add(child.Path, text, "write a section, { … }");
            else records.Add(child.Key, ReadRecord(recordType, child));
        }
        return records;
    }

    private static bool IsScalar(Type type) => ValueKinds.IsKnown(type);

    // The type of the records of a map from names to them; null for any other type.
    private static Type? RecordOf(Type type) =>
        !IsMap(type) && type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyDictionary<,>) ? type.GenericTypeArguments[1] : null;

    private static bool IsMap(Type type) => type == typeof(IReadOnlyDictionary<string, string>);
}
