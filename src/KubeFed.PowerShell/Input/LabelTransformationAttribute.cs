namespace KubeFed.PowerShell.Input;

/// <summary>Lets <c>-Label</c> be written as kubectl writes labels, <c>region=eu,tier=gold</c>, which is all that a column of a CSV file can hold.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LabelTransformationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var data = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return data switch
        {
            string text => LabelInput.Parse(text),
            IEnumerable<object> many when many.All(item => (item is PSObject one ? one.BaseObject : item) is string) =>
                LabelInput.Parse(string.Join(',', many)),
            _ => inputData,
        };
    }
}
